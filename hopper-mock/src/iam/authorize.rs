//! [`authorize`]: whether the one who signed a request may make it.
//!
//! Only sessions of roles are judged. The account's user may do everything, as may whoever calls
//! without a signature.
//!
//! Source: "Policy evaluation logic" and "Troubleshoot access denied error messages" in the IAM
//! user guide; the service authorization reference for the resources of Systems Manager and ECR.

use super::Session;
use super::condition::Context;
use super::evaluation::{Decision, Policies};
use super::session::{secret, token};
use crate::wire::{AwsError, Protocol, Request, Service};
use crate::world::{Tags, World};
use crate::{ec2, ssm};

/// Something that is done, to something, with what is known of both.
struct Deed {
    action: String,
    resource: String,
    context: Vec<(String, String)>,
}

/// Refuses a request whose signer is not known or may not make it.
pub(crate) fn authorize(world: &World, request: &Request) -> Result<(), AwsError> {
    let Some(signer) = request.signer.as_ref().filter(|one| one.access_key_id.starts_with("ASIA"))
    else {
        return Ok(());
    };
    let service = request.service;
    let id = &signer.access_key_id;
    let session = match Session::of(world, request) {
        Some(session) => session,
        // Whoever calls from outside may have temporary credentials of the real AWS.
        None if signer.secret.is_none() => return Ok(()),
        None => return Err(unknown(service)),
    };
    let role = session.role_arn(world).ok_or_else(|| unknown(service))?;
    if signer.session_token.as_ref() != Some(&token(world, id)) {
        return Err(unknown(service));
    }
    if session.expiration <= world.now {
        return Err(expired(service));
    }
    let (region, scope) = &signer.scope;
    if scope != service.scope() {
        let right = service.scope();
        return Err(mismatch(
            service,
            &format!("Credential should be scoped to correct service: '{right}'. "),
        ));
    }
    let is_global = service == Service::Iam && region == "us-east-1";
    if *region != world.region && !is_global {
        let why = format!("Credential should be scoped to a valid region, not '{region}'. ");
        return Err(mismatch(service, &why));
    }
    if signer.secret.as_ref().is_some_and(|shown| *shown != secret(world, id)) {
        return Err(mismatch(
            service,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        ));
    }
    deeds(world, request).iter().try_for_each(|deed| check(world, session, role, deed, service))
}

fn check(
    world: &World,
    session: &Session,
    role: &str,
    deed: &Deed,
    service: Service,
) -> Result<(), AwsError> {
    let Deed { action, resource, context } = deed;
    // A condition that cannot be judged here grants nothing.
    let decision = Policies::of(world, role)
        .and_then(|policies| {
            Ok(policies.evaluate(world, action, resource, &Context::of(context))?.decision)
        })
        .unwrap_or(Decision::ImplicitDeny);
    let why = match decision {
        Decision::Allowed => return Ok(()),
        Decision::ExplicitDeny => "with an explicit deny in an identity-based policy".to_owned(),
        _ => format!("because no identity-based policy allows the {action} action"),
    };
    let refusal = service.denied();
    if action.starts_with("kms:") {
        // KMS does not tell who may not.
        let why = "The ciphertext refers to a customer master key that does not exist, does not \
                   exist in this region, or you are not allowed to access.";
        return Err(AwsError::new(refusal.code, why));
    }
    let who = session.arn(world);
    let told =
        format!("User: {who} is not authorized to perform: {action} on resource: {resource} {why}");
    Err(AwsError::new(
        refusal.code,
        match service.protocol() {
            Protocol::Ec2 => format!("{} {told}.", refusal.message),
            _ => told,
        },
    ))
}

/// What a request does, by the resources it names; those of services not listed here are `*`.
fn deeds(world: &World, request: &Request) -> Vec<Deed> {
    let action = format!("{}:{}", request.service.scope(), request.operation);
    let (region, account) = (&world.region, &world.account);
    let mut common = vec![("aws:RequestedRegion".to_owned(), region.clone())];
    if let Some(session) = Session::of(world, request) {
        common.push(("aws:userid".to_owned(), session.user_id()));
        common.extend(session.role_arn(world).map(|arn| ("aws:PrincipalArn".into(), arn.into())));
    }
    let deed = |resource: String, more: Vec<(String, String)>| {
        let context = common.iter().cloned().chain(more).collect();
        Deed { action: action.clone(), resource, context }
    };
    let of_tags = |tags: &Tags, names: [&str; 2]| -> Vec<(String, String)> {
        let pairs = tags
            .iter()
            .flat_map(|(key, value)| names.map(|name| (format!("{name}/{key}"), value.clone())));
        pairs.collect()
    };
    match request.service {
        // Everybody may ask who they are.
        Service::Sts if request.operation == "GetCallerIdentity" => Vec::new(),
        Service::Ssm => {
            let mut found = Vec::new();
            for one in ssm::named(world, request) {
                let names = ["aws:ResourceTag", "ssm:resourceTag"];
                found.push(deed(
                    one.arn,
                    one.tags.map(|tags| of_tags(tags, names)).unwrap_or_default(),
                ));
                let decrypts = one.key_id.into_iter().map(|key| Deed {
                    action: "kms:Decrypt".to_owned(),
                    resource: format!("arn:aws:kms:{region}:{account}:{key}"),
                    context: vec![(
                        "kms:ViaService".to_owned(),
                        format!("ssm.{region}.amazonaws.com"),
                    )],
                });
                found.extend(decrypts);
            }
            if found.is_empty() { vec![deed("*".to_owned(), Vec::new())] } else { found }
        }
        Service::S3 => {
            let bucket = request.params.text("Bucket").unwrap_or("*");
            let key = request.params.text("Key").map(|key| format!("/{key}")).unwrap_or_default();
            vec![deed(format!("arn:aws:s3:::{bucket}{key}"), Vec::new())]
        }
        Service::Ec2 if !request.is_read() => {
            let asked = ec2::requested_tags(request);
            let (mut found, tags) =
                (Vec::new(), of_tags(&asked, ["aws:RequestTag", "aws:TagKeys"]));
            let tags: Vec<_> =
                tags.into_iter().filter(|(key, _)| key.starts_with("aws:RequestTag/")).collect();
            for (kind, id, own) in ec2::named(world, request) {
                let owner = if kind == "image" { "" } else { account.as_str() };
                let arn = format!("arn:aws:ec2:{region}:{owner}:{kind}/{id}");
                let mut context = of_tags(own, ["aws:ResourceTag", "ec2:ResourceTag"]);
                context.extend(tags.clone());
                found.push(deed(arn, context));
            }
            if found.is_empty() { vec![deed("*".to_owned(), tags)] } else { found }
        }
        _ => vec![deed("*".to_owned(), Vec::new())],
    }
}

fn unknown(service: Service) -> AwsError {
    let why = "The security token included in the request is invalid.";
    match service.protocol() {
        Protocol::Json => AwsError::new("UnrecognizedClientException", why),
        Protocol::Ec2 => AwsError::new(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Protocol::Query => AwsError::new("InvalidClientTokenId", why).with_status(403),
        Protocol::Rest => AwsError::new("InvalidToken", why),
    }
}

fn expired(service: Service) -> AwsError {
    let why = "The security token included in the request is expired";
    match service.protocol() {
        Protocol::Json => AwsError::new("ExpiredTokenException", why),
        Protocol::Ec2 => AwsError::new("RequestExpired", "Request has expired."),
        Protocol::Query => AwsError::new("ExpiredToken", why).with_status(403),
        Protocol::Rest => AwsError::new("ExpiredToken", why),
    }
}

fn mismatch(service: Service, why: &str) -> AwsError {
    match service.protocol() {
        Protocol::Json => AwsError::new("InvalidSignatureException", why.trim()),
        _ => AwsError::new("SignatureDoesNotMatch", why.trim()).with_status(403),
    }
}
