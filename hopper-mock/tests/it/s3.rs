//! Rules of S3.

use hopper_mock::{Latencies, Mock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{accepted, mock, refused};

const BUCKET: (&str, &str) = ("Bucket", "team-journals");

fn with_bucket() -> Mock {
    let mock = mock();
    accepted(&mock, "s3:CreateBucket", &[BUCKET, ("LocationConstraint", "eu-west-1")]);
    mock
}

#[track_caller]
fn put(mock: &Mock, key: &str, body: &str) -> String {
    let reply = accepted(mock, "s3:PutObject", &[BUCKET, ("Key", key), ("Body", body)]);
    reply.text("ETag").unwrap().to_owned()
}

// [D] User guide, "How to prevent object overwrites with conditional writes": 412 if it exists.
#[test]
fn of_two_writes_of_what_must_be_new_the_first_wins() {
    let mock = with_bucket();
    let new = |body| [BUCKET, ("Key", "a/1"), ("Body", body), ("IfNoneMatch", "*")];
    let first = accepted(&mock, "s3:PutObject", &new("one"));
    assert_eq!(first.text("ETag"), Some("\"f97c5d29941bfb1b2fdab0874906ab82\""));
    refused(&mock, "s3:PutObject", &new("two"), "PreconditionFailed/412");
    let read = accepted(&mock, "s3:GetObject", &[BUCKET, ("Key", "a/1")]);
    assert_eq!((read.body.as_str(), read.text("Body")), ("one", Some("one")));
    let other = [BUCKET, ("Key", "a/1"), ("IfNoneMatch", "\"f97c\"")];
    refused(&mock, "s3:PutObject", &other, "NotImplemented/501");
}

// [D] The same page: 412 if the ETag differs, 404 if there is nothing.
#[test]
fn what_has_changed_since_it_was_read_is_not_overwritten() {
    let mock = with_bucket();
    let etag = put(&mock, "a", "one");
    let over = |tag| [BUCKET, ("Key", "a"), ("Body", "two"), ("IfMatch", tag)];
    accepted(&mock, "s3:PutObject", &over(&etag));
    refused(&mock, "s3:PutObject", &over(&etag), "PreconditionFailed/412");
    let nothing = [BUCKET, ("Key", "b"), ("IfMatch", etag.as_str())];
    refused(&mock, "s3:PutObject", &nothing, "NoSuchKey/404");
    let gone = [BUCKET, ("Key", "a"), ("IfMatch", etag.as_str())];
    refused(&mock, "s3:DeleteObject", &gone, "PreconditionFailed/412");
    refused(&mock, "s3:GetObject", &gone, "PreconditionFailed/412");
    assert_eq!(mock.world().s3.buckets["team-journals"].objects["a"].body, "two");
}

// [D] API reference, GetObject: If-None-Match answers 304.
#[test]
fn what_is_known_already_is_not_sent_again() {
    let mock = with_bucket();
    let etag = put(&mock, "a", "one");
    let known = [BUCKET, ("Key", "a"), ("IfNoneMatch", etag.as_str())];
    refused(&mock, "s3:HeadObject", &known, "NotModified/304");
    let head = accepted(&mock, "s3:HeadObject", &[BUCKET, ("Key", "a")]);
    assert_eq!((head.text("ContentLength"), head.body.as_str()), (Some("3"), ""));
    refused(&mock, "s3:GetObject", &[BUCKET, ("Key", "b")], "NoSuchKey/404");
}

// [D] API reference, ListObjectsV2: keys in UTF-8 binary order, pages, roll-up.
#[test]
fn a_list_has_every_key_once() {
    let mock = with_bucket();
    for key in ["a/3", "a/1", "a/b/1", "a/b/2", "a/2", "b/1"] {
        put(&mock, key, key);
    }
    let (mut keys, mut prefixes, mut pages, mut token) = (Vec::new(), Vec::new(), 0, None);
    loop {
        let mut params = vec![BUCKET, ("Prefix", "a/"), ("Delimiter", "/"), ("MaxKeys", "2")];
        params.extend(token.as_deref().map(|token| ("ContinuationToken", token)));
        let page = accepted(&mock, "s3:ListObjectsV2", &params);
        keys.extend(page.texts("Contents/*/Key").into_iter().map(str::to_owned));
        prefixes.extend(page.texts("CommonPrefixes/*/Prefix").into_iter().map(str::to_owned));
        pages += 1;
        match page.text("NextContinuationToken") {
            Some(next) => token = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(
        (keys, prefixes),
        (["a/1", "a/2", "a/3"].map(str::to_owned).into(), vec!["a/b/".to_owned()])
    );
    assert_eq!(pages, 2);
    let after = accepted(&mock, "s3:ListObjectsV2", &[BUCKET, ("StartAfter", "a/b/1")]);
    assert_eq!(after.texts("Contents/*/Key"), ["a/b/2", "b/1"]);
    let none = accepted(&mock, "s3:ListObjectsV2", &[BUCKET, ("Prefix", "c/")]);
    assert_eq!((none.text("KeyCount"), none.text("IsTruncated")), (Some("0"), Some("false")));
}

// [D] User guide, bucket naming rules; API reference, CreateBucket and DeleteBucket.
#[test]
fn buckets_come_and_go() {
    let mock = with_bucket();
    let here = ("LocationConstraint", "eu-west-1");
    refused(&mock, "s3:CreateBucket", &[BUCKET, here], "BucketAlreadyOwnedByYou/409");
    for name in ["ab", "Team", "-team", "a..b", "10.0.0.1"] {
        let named = [("Bucket", name), here];
        refused(&mock, "s3:CreateBucket", &named, "InvalidBucketName/400");
    }
    let elsewhere = "IllegalLocationConstraintException/400";
    refused(&mock, "s3:CreateBucket", &[("Bucket", "others")], elsewhere);
    put(&mock, "a", "one");
    refused(&mock, "s3:DeleteBucket", &[BUCKET], "BucketNotEmpty/409");
    accepted(&mock, "s3:DeleteObject", &[BUCKET, ("Key", "a")]);
    accepted(&mock, "s3:DeleteObject", &[BUCKET, ("Key", "a")]);
    assert_eq!(accepted(&mock, "s3:ListBuckets", &[]).texts("Buckets/*/Bucket"), [""; 0]);
    assert_eq!(mock.world().leftovers().len(), 1);
    accepted(&mock, "s3:DeleteBucket", &[BUCKET]);
    refused(&mock, "s3:HeadBucket", &[BUCKET], "NoSuchBucket/404");
    refused(&mock, "s3:GetObject", &[BUCKET, ("Key", "a")], "NoSuchBucket/404");
}

// [D] Seen at once, however late other services show what is new.
#[test]
fn a_write_is_seen_at_once() {
    let late = hopper_mock::Visibility::Fixed(crate::support::seconds(30));
    let mock = Mock::builder().visibility(late).build();
    accepted(&mock, "s3:CreateBucket", &[BUCKET, ("LocationConstraint", "eu-west-1")]);
    put(&mock, "a", "one");
    accepted(&mock, "s3:GetObject", &[BUCKET, ("Key", "a")]);
}

/// Sends what any client would send, and gives everything that comes back.
async fn send(mock: &Mock, line: &str, host: &str, headers: &str, body: &str) -> String {
    let server = mock.serve("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let signed = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/s3/aws4_request, \
                  SignedHeaders=host, Signature=00";
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {signed}\r\n\
         {headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    server.stop().await;
    answer
}

// [D] REST: the bucket in the path or in the host, conditions and metadata in headers.
#[tokio::test]
async fn any_client_can_talk_to_it() {
    let mock = Mock::builder().latencies(Latencies::instant()).build();
    let constraint = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                      <LocationConstraint>eu-west-1</LocationConstraint>\
                      </CreateBucketConfiguration>";
    let answer = send(&mock, "PUT /team-journals", "localhost", "", constraint).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("location: /team-journals\r\n"), "{answer}");

    let new = "If-None-Match: *\r\nx-amz-meta-who: me\r\nContent-Type: text/plain\r\n";
    let host = "team-journals.s3.eu-west-1.amazonaws.com";
    let answer = send(&mock, "PUT /a%20b/1?x-id=PutObject", host, new, "<one>").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let answer = send(&mock, "PUT /team-journals/a%20b/1", "localhost", new, "<two>").await;
    assert!(answer.starts_with("HTTP/1.1 412 Precondition Failed\r\n"), "{answer}");
    assert!(answer.contains("<Error><Code>PreconditionFailed</Code>"), "{answer}");

    let answer = send(&mock, "GET /team-journals/a%20b/1", "localhost", "", "").await;
    assert!(answer.contains("x-amz-meta-who: me\r\n"), "{answer}");
    assert!(answer.contains("content-type: text/plain\r\n"), "{answer}");
    assert!(answer.contains("last-modified: Thu, 01 Jan 2026 00:00:0"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n<one>"), "{answer}");
    let answer = send(&mock, "HEAD /team-journals/a%20b/1", "localhost", "", "").await;
    assert!(answer.contains("content-length: 5\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = send(&mock, "HEAD /team-journals/c", "localhost", "", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");

    let list = "GET /?list-type=2&prefix=a%20&encoding-type=url";
    let answer = send(&mock, list, host, "", "").await;
    assert!(
        answer.contains("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
    );
    assert!(answer.contains("<Contents><Key>a%20b/1</Key>"), "{answer}");
}

// [D] What is not known is refused, never accepted silently.
#[tokio::test]
async fn what_is_not_simulated_is_named() {
    let mock = with_bucket();
    for (line, headers, what) in [
        ("GET /team-journals?versioning", "", "?versioning"),
        ("GET /team-journals", "", "GET of /team-journals/"),
        ("PUT /team-journals/a", "x-amz-copy-source: /b/c\r\n", "x-amz-copy-source"),
        ("PUT /team-journals/a", "Content-Encoding: aws-chunked\r\n", "content-encoding"),
        ("GET /team-journals/a", "Range: bytes=0-1\r\n", "range"),
    ] {
        let answer = send(&mock, line, "localhost", headers, "").await;
        assert!(answer.contains("<Code>NotImplemented</Code>"), "{answer}");
        assert!(answer.contains(what), "{answer}");
    }
}

#[test]
fn what_an_object_holds_is_not_in_the_record_of_calls() {
    let mock = with_bucket();
    put(&mock, "a", "hush");
    accepted(&mock, "s3:GetObject", &[BUCKET, ("Key", "a")]);
    assert!(!mock.calls().to_string().contains("hush"));
    assert!(mock.calls().to_string().contains("s3:PutObject Body=<secret> Bucket=team-journals"));
}

// [D] "Best practices: design patterns": 503 Slow Down.
#[tokio::test(start_paused = true)]
async fn too_many_requests_are_slowed_down() {
    let mock = with_bucket();
    mock.fail("s3:PutObject").throttle();
    mock.fail("s3:PutObject").lose_reply();
    let params = [BUCKET, ("Key", "a"), ("IfNoneMatch", "*")];
    let slow = mock.send("s3:PutObject", &params).await.unwrap();
    assert_eq!((slow.code(), slow.status), (Some("SlowDown"), 503));
    assert!(mock.send("s3:PutObject", &params).await.is_err());
    let again = mock.send("s3:PutObject", &params).await.unwrap();
    assert_eq!(again.code(), Some("PreconditionFailed"), "the lost call has acted");
}
