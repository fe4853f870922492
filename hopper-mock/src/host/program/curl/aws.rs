//! Calls of AWS: `curl --aws-sigv4`.

use super::failure::Failure;
use super::options::Options;
use super::transfer::Answer;
use super::url::Url;
use crate::host::program::Call;
use crate::wire::{AwsError, HttpParts, Protocol, Request, Service, Unreadable};
use crate::{Broken, Mock};

/// The service whose endpoint a host name is, in the region of this world; ECR's, which other
/// accounts' images are fetched from, in any.
pub(super) fn service(mock: &Mock, host: &str) -> Option<Service> {
    let region = mock.with_world(|world| world.region.clone());
    let name = host.strip_suffix(".amazonaws.com")?;
    let name = match name.strip_suffix(&format!(".{region}")) {
        Some(name) => name,
        None if matches!(name, "iam" | "sts" | "ec2" | "s3") => name,
        None if name.strip_prefix("api.ecr.").is_some_and(|region| !region.contains('.')) => {
            "api.ecr"
        }
        None => return None,
    };
    match name {
        "api.ecr" => Some(Service::Ecr),
        "elasticloadbalancing" => Some(Service::Elb),
        "ecr" => None,
        name => Service::named(name).or(name.ends_with(".s3").then_some(Service::S3)),
    }
}

/// Sends a request to a service.
pub(super) async fn send(
    call: &Call<'_>,
    options: &Options,
    url: &Url,
    service: Service,
    method: &str,
) -> Result<Answer, Failure> {
    let mut headers = options.headers.clone();
    headers.push(("host".to_owned(), url.host.clone()));
    let secret = match (&options.aws_sigv4, &options.user) {
        (Some(provider), Some(user)) => {
            let (id, secret) = user.split_once(':').unwrap_or((user, ""));
            let (region, scope) = scope(provider, &url.host)?;
            // There is one world, which answers for ECR in all regions.
            let here = call.shell.guest.mock.with_world(|world| world.region.clone());
            let is_scoped = url.host == format!("api.ecr.{region}.amazonaws.com");
            let region = if is_scoped { &here } else { &*region };
            let credential = format!("{id}/20260101/{region}/{scope}/aws4_request");
            let signature = format!(
                "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=0"
            );
            headers.push(("authorization".to_owned(), signature));
            Some(secret.to_owned())
        }
        _ => None,
    };
    let request = read(options, url, service, method, &headers, secret);
    let reply = call.shell.guest.mock.exchange(request).await.map_err(|broken| match broken {
        Broken::Reset => Failure::Tls(url.host.clone()),
        Broken::ReplyLost => Failure::Cut,
    })?;
    Ok(Answer { status: reply.status, body: reply.body.into_bytes() })
}

fn read(
    options: &Options,
    url: &Url,
    service: Service,
    method: &str,
    headers: &[(String, String)],
    secret: Option<String>,
) -> Result<Request, Unreadable> {
    let refuse = |code: &str, why: &str, status: u16| {
        Err(Unreadable { service, error: AwsError::new(code, why).with_status(status) })
    };
    let header = |name: &str| headers.iter().find(|(found, _)| found == name);
    let is_json = header("content-type")
        .is_some_and(|(_, kind)| kind.starts_with("application/x-amz-json-1"));
    if service.protocol() == Protocol::Json && !(is_json && method == "POST") {
        return refuse("UnknownOperationException", "", 404);
    }
    if secret.is_none() {
        return match service.protocol() {
            Protocol::Json => {
                refuse("MissingAuthenticationTokenException", "Missing Authentication Token", 400)
            }
            _ => {
                refuse("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
            }
        };
    }
    let pairs: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut request = Request::from_http(&HttpParts {
        method,
        path: &url.path,
        query: url.query.as_deref(),
        headers: &pairs,
        body: options.data.as_deref().filter(|_| !options.is_data_in_query).unwrap_or_default(),
    })?;
    if request.service.scope() != service.scope() {
        return refuse("UnknownOperationException", "", 404);
    }
    if let Some(signer) = &mut request.signer {
        signer.secret = secret;
    }
    Ok(request)
}

/// Region and service: of `aws:amz:REGION:SERVICE`, and of the host name where they are left out.
fn scope(provider: &str, host: &str) -> Result<(String, String), Failure> {
    let mut parts = provider.split(':').skip(2).map(str::to_owned);
    let mut labels = host.split('.').map(str::to_owned);
    let (first, second) = (labels.next(), labels.next());
    let region = parts.next().filter(|region| !region.is_empty());
    let service = parts.next().filter(|service| !service.is_empty());
    Ok((
        region.or(second).ok_or(Failure::Signature("region"))?,
        service.or(first).ok_or(Failure::Signature("service"))?,
    ))
}
