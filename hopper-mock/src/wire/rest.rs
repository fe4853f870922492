//! REST as S3 speaks it: the method and what it is applied to are the operation, headers and the
//! query are parameters.

use percent_encoding::percent_decode_str;

use super::xml::Content;
use super::{AwsError, HttpParts, Params, Protocol, Request, Service, Xml};

/// Parameters in the query, and as the operations know them.
const QUERY: &[(&str, &str)] = &[
    ("continuation-token", "ContinuationToken"),
    ("delimiter", "Delimiter"),
    ("encoding-type", "EncodingType"),
    ("max-keys", "MaxKeys"),
    ("prefix", "Prefix"),
    ("start-after", "StartAfter"),
];

/// Parameters in the headers of requests and of answers, and as the operations know them.
const HEADERS: &[(&str, &str)] = &[
    ("content-length", "ContentLength"),
    ("content-type", "ContentType"),
    ("etag", "ETag"),
    ("last-modified", "LastModified"),
    ("location", "Location"),
    ("x-amz-bucket-region", "BucketRegion"),
];

/// Headers that are conditions on the object as it is.
const CONDITIONS: &[(&str, &str)] = &[("if-match", "IfMatch"), ("if-none-match", "IfNoneMatch")];

/// Headers about the request itself; what they say of its body is not checked.
const ABOUT_THE_REQUEST: &[&str] = &[
    "x-amz-checksum-",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-sdk-",
    "x-amz-security-token",
    "x-amz-user-agent",
];

/// What begins the header of an entry of an object's metadata.
pub(crate) const METADATA: &str = "x-amz-meta-";

/// Reads a call.
///
/// # Errors
/// What is not simulated: it is named.
pub(super) fn read(parts: &HttpParts<'_>) -> Result<Request, AwsError> {
    let (bucket, key) = place(parts)?;
    let (mut version, mut pairs) = (None, Vec::new());
    for (name, value) in form_urlencoded::parse(parts.query.unwrap_or_default().as_bytes()) {
        match QUERY.iter().find(|(known, _)| *known == name) {
            Some((_, param)) => pairs.push(((*param).to_owned(), value.into_owned())),
            None if name == "list-type" => version = Some(value.into_owned()),
            None if name == "x-id" => {}
            None => return Err(not_simulated(format_args!("?{name}"))),
        }
    }
    let operation = operation(parts.method, &bucket, &key, version.as_deref())?;
    for (name, value) in parts.headers {
        pairs.extend(header(operation, name, value)?.map(|param| (param, (*value).to_owned())));
    }
    let named = [("Bucket", bucket), ("Key", key)];
    let named = named.into_iter().filter(|(_, value)| !value.is_empty());
    pairs.extend(named.map(|(name, value)| (name.to_owned(), value)));
    let body = || std::str::from_utf8(parts.body).map_err(|_| not_simulated("content but text"));
    match operation {
        "PutObject" => pairs.push(("Body".to_owned(), body()?.to_owned())),
        "CreateBucket" => {
            let constraint = element(body()?, "LocationConstraint").map(str::to_owned);
            pairs.extend(constraint.map(|place| ("LocationConstraint".to_owned(), place)));
        }
        _ => {}
    }
    let params = Params::from_pairs(pairs)?;
    Request::with(Service::S3, operation, params)
}

/// Bucket and key, each empty where there is none: `/bucket/key`, or `/key` at an address that
/// begins with the bucket.
fn place(parts: &HttpParts<'_>) -> Result<(String, String), AwsError> {
    let path = percent_decode_str(parts.path.trim_start_matches('/')).decode_utf8();
    let path =
        path.map_err(|_| AwsError::new("InvalidURI", "Couldn't parse the specified URI."))?;
    let host = parts.header("host").filter(|host| host.contains(".amazonaws.com"));
    let bucket = host.and_then(|host| host.find(".s3.").map(|end| &host[..end]));
    let (bucket, key) = match bucket {
        Some(bucket) => (bucket, &*path),
        None => path.split_once('/').unwrap_or((&path, "")),
    };
    Ok((bucket.to_owned(), key.to_owned()))
}

fn operation(
    method: &str,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> Result<&'static str, AwsError> {
    Ok(match (method, bucket, key) {
        ("GET", "", "") => "ListBuckets",
        ("GET", _, "") if version == Some("2") => "ListObjectsV2",
        ("PUT", _, "") if !bucket.is_empty() => "CreateBucket",
        ("HEAD", _, "") if !bucket.is_empty() => "HeadBucket",
        ("DELETE", _, "") if !bucket.is_empty() => "DeleteBucket",
        ("PUT", _, _) if !key.is_empty() => "PutObject",
        ("GET", _, _) if !key.is_empty() => "GetObject",
        ("HEAD", _, _) if !key.is_empty() => "HeadObject",
        ("DELETE", _, _) if !key.is_empty() => "DeleteObject",
        _ => return Err(not_simulated(format_args!("{method} of /{bucket}/{key}"))),
    })
}

/// The parameter that a header of a request is, if it is one.
fn header(operation: &str, name: &str, value: &str) -> Result<Option<String>, AwsError> {
    if let Some((_, param)) = CONDITIONS.iter().find(|(known, _)| *known == name) {
        return Ok(Some((*param).to_owned()));
    }
    if let Some(name) = name.strip_prefix(METADATA) {
        return Ok(Some(format!("Metadata.{name}")));
    }
    let is_chunked = name == "content-encoding" && value.contains("aws-chunked");
    let is_condition = name == "range" || name.starts_with("if-");
    let is_option = name.starts_with("x-amz-")
        && !ABOUT_THE_REQUEST.iter().any(|known| name.starts_with(known));
    match name {
        _ if is_chunked || is_condition || is_option => {
            Err(not_simulated(format_args!("the header {name}")))
        }
        "content-type" if operation == "PutObject" => Ok(Some("ContentType".to_owned())),
        _ => Ok(None),
    }
}

fn not_simulated(what: impl std::fmt::Display) -> AwsError {
    let why = "A header you provided implies functionality that is not implemented";
    AwsError::new("NotImplemented", format!("{why}: the simulator does not have {what}"))
}

/// The text of an element that holds nothing but text.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

/// The headers of an answer; those of metadata stand in it with their whole names.
pub(super) fn headers(answer: &Xml) -> Vec<(&str, &str)> {
    let known = HEADERS.iter().filter_map(|(name, field)| Some((*name, answer.get(field)?)));
    let metadata = answer.children().filter_map(|(name, content)| match content {
        Content::Text(value) if name.starts_with(METADATA) => Some((name, value.as_str())),
        _ => None,
    });
    known.chain(metadata).collect()
}

/// The body of an answer: a document, what an object holds, or nothing.
pub(super) fn body(operation: &str, namespace: &str, answer: &Xml) -> String {
    let root = match operation {
        "ListBuckets" => "ListAllMyBucketsResult",
        "ListObjectsV2" => "ListBucketResult",
        _ => return answer.get("Body").unwrap_or_default().to_owned(),
    };
    let mut inner = String::new();
    answer.write(Protocol::Rest, &mut inner);
    format!("<{root} xmlns=\"{namespace}\">{inner}</{root}>")
}
