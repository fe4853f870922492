//! The mock on a port.

use hopper_mock::{Latencies, Mock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request, \
                      SignedHeaders=host, Signature=00";

/// Posts a form and gives everything that comes back.
async fn post(addr: std::net::SocketAddr, form: &str) -> String {
    let content_type = "Content-Type: application/x-www-form-urlencoded";
    post_with(addr, &format!("Authorization: {SIGNED}\r\n{content_type}"), form).await
}

/// Posts a body with headers and gives everything that comes back.
async fn post_with(addr: std::net::SocketAddr, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{headers}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn fast() -> Mock {
    Mock::builder().seed(7).latencies(Latencies::instant()).speed(100).build()
}

#[tokio::test]
async fn any_client_can_talk_to_it() {
    let mock = fast();
    let server = mock.serve("127.0.0.1:0").await.unwrap();
    let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
    let answer = post(server.addr(), form).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<cidrBlock>10.0.0.0/16</cidrBlock>"), "{answer}");
    let answer = post(server.addr(), "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=x").await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("<Code>InvalidVpcID.Malformed</Code>"), "{answer}");
    server.stop().await;
    assert_eq!(mock.world().ec2.vpcs.len(), 1);
}

// [D] JSON 1.1: the operation in a header, the error code in the body and in a header.
#[tokio::test]
async fn json_is_answered_with_json() {
    let server = fast().serve("127.0.0.1:0").await.unwrap();
    let headers = "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AmazonSSM.";
    let call = async |operation: &str, body: &str| {
        post_with(server.addr(), &format!("{headers}{operation}"), body).await
    };
    let put = r#"{"Name": "/a", "Value": "b", "Type": "String", "Overwrite": false}"#;
    let answer = call("PutParameter", put).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/x-amz-json-1.1\r\n"), "{answer}");
    assert!(answer.contains("x-amzn-requestid: "), "{answer}");
    assert!(answer.ends_with(r#"{"Tier":"Standard","Version":1}"#), "{answer}");
    let answer = call("GetParameter", r#"{"Name": "/b"}"#).await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("x-amzn-errortype: ParameterNotFound\r\n"), "{answer}");
    assert!(answer.contains(r#"{"__type":"ParameterNotFound","message":""#), "{answer}");
    for (operation, body, code) in [
        ("GetParameter", "[", "SerializationException"),
        ("CancelCommand", "{}", "UnknownOperationException"),
    ] {
        let answer = call(operation, body).await;
        assert!(answer.contains(&format!(r#"{{"__type":"{code}""#)), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_server_takes_no_connection() {
    let server = fast().serve("127.0.0.1:0").await.unwrap();
    let addr = server.addr();
    server.stop().await;
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn a_fault_breaks_the_connection() {
    let mock = fast();
    let server = mock.serve("127.0.0.1:0").await.unwrap();
    mock.fail("CreateVpc").lose_reply();
    let form = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16";
    assert_eq!(post(server.addr(), form).await, "");
    assert_eq!(mock.world().ec2.vpcs.len(), 1);
    server.stop().await;
}
