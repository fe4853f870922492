//! `GetParameter` and `GetParameters`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::call::invalid;
use super::name::Reference;
use super::public_parameter::PublicParameter;
use super::{Parameter, Ssm, arn};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GetParameter {
    name: String,
    #[serde(default)]
    with_decryption: bool,
}

/// Shows one version of one parameter, the newest unless another is named.
pub(crate) fn one(world: &mut World, input: &GetParameter) -> Answer {
    Ok(Xml::new().node("Parameter", show(world, &input.name, input.with_decryption)?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GetParameters {
    names: Vec<String>,
    #[serde(default)]
    with_decryption: bool,
}

/// Shows up to ten parameters, and names those that there are not.
pub(crate) fn many(world: &mut World, input: &GetParameters) -> Answer {
    let GetParameters { names, with_decryption } = input;
    if !(1..=10).contains(&names.len()) {
        return Err(invalid("Names must have 1 to 10 members"));
    }
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return Err(invalid("Names must not name a parameter twice"));
    }
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        match show(world, name, *with_decryption) {
            Ok(parameter) => found.push(parameter),
            Err(error) if error.code == "ValidationException" => return Err(error),
            Err(_) => missing.push(name),
        }
    }
    Ok(Xml::new().list("Parameters", found).texts("InvalidParameters", missing))
}

fn show(world: &World, text: &str, with_decryption: bool) -> Answer {
    let text = arn::name(world, text);
    let Reference { name, selector } = Reference::read(&text)?;
    if let Some(parameter) = PublicParameter::named(name) {
        return public(world, parameter, selector);
    }
    let parameter = Ssm::seen(world, name).ok_or_else(|| not_found(name))?;
    own(world, parameter, selector, with_decryption)
}

/// The refusal of a name that nothing has.
pub(super) fn not_found(name: &str) -> AwsError {
    AwsError::new("ParameterNotFound", format!("There is no parameter {name}"))
}

fn no_version(name: &str, selector: &str) -> AwsError {
    let why = format!("The parameter {name} has no version or label {selector}");
    AwsError::new("ParameterVersionNotFound", why)
}

fn own(
    world: &World,
    parameter: &Parameter,
    selector: Option<&str>,
    with_decryption: bool,
) -> Answer {
    let name = parameter.name.as_str();
    let (number, version) = match selector {
        None => parameter.latest().ok_or_else(|| not_found(name))?,
        Some(selector) => selector
            .parse()
            .ok()
            .and_then(|number| Some((number, parameter.versions.get(&number)?)))
            .ok_or_else(|| no_version(name, selector))?,
    };
    let plain = match (parameter.is_secure(), with_decryption) {
        (true, true) => world.machinery.ciphers.decrypt(&version.value),
        _ => None,
    };
    let head = head(name, &parameter.parameter_type, selector);
    let valued = match plain {
        Some(plain) => head.secret("Value", plain),
        None => head.text("Value", &version.value),
    };
    Ok(valued.and(tail(world, (name, false), number, version.modified, "text")))
}

fn public(world: &World, parameter: &PublicParameter, selector: Option<&str>) -> Answer {
    let name = parameter.name;
    let images = parameter.versions(world);
    let number = match selector {
        None => images.len(),
        Some(selector) => selector.parse().map_err(|_| no_version(name, selector))?,
    };
    let image = number.checked_sub(1).and_then(|at| images.get(at)).ok_or_else(|| {
        selector.map_or_else(|| not_found(name), |selector| no_version(name, selector))
    })?;
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let head = head(name, "String", selector).text("Value", &image.id);
    Ok(head.and(tail(world, (name, true), number, image.creation_date, parameter.data_type)))
}

fn head(name: &str, parameter_type: &str, selector: Option<&str>) -> Xml {
    Xml::new()
        .text("Name", name)
        .text("Type", parameter_type)
        .opt("Selector", selector.map(|selector| format!(":{selector}")))
}

fn tail(
    world: &World,
    (name, is_public): (&str, bool),
    number: u64,
    modified: Time,
    data_type: &str,
) -> Xml {
    Xml::new()
        .bare("Version", number)
        .bare("LastModifiedDate", seconds(modified))
        .text("ARN", arn::arn(world, name, is_public))
        .text("DataType", data_type)
}

/// A time as the protocol writes it: seconds since 1970.
pub(super) fn seconds(time: Time) -> String {
    let millis = time.as_millis();
    format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000))
}
