//! `PutParameter`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::call::invalid;
use super::cipher::{PlainText, encrypt};
use super::name::check_new;
use super::tags::{Tag, read};
use super::{Parameter, ParameterVersion};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PutParameter {
    name: String,
    value: PlainText,
    #[serde(rename = "Type")]
    parameter_type: Option<ParameterType>,
    description: Option<String>,
    key_id: Option<String>,
    #[serde(default)]
    overwrite: bool,
    tier: Option<Tier>,
    data_type: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum ParameterType {
    String,
    StringList,
    SecureString,
}

impl ParameterType {
    fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::StringList => "StringList",
            Self::SecureString => "SecureString",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Tier {
    Standard,
    Advanced,
    #[serde(rename = "Intelligent-Tiering")]
    IntelligentTiering,
}

/// How many bytes a value of each tier may have, from the guide.
const STANDARD_BYTES: usize = 4_096;
const ADVANCED_BYTES: usize = 8_192;

/// How many versions are kept, from the guide.
const KEPT_VERSIONS: usize = 100;

/// Makes a parameter, or a new version of one if the request says so.
pub(crate) fn put(world: &mut World, input: &PutParameter) -> Answer {
    check_new(&input.name)?;
    if input.data_type.as_ref().is_some_and(|data_type| data_type != "text") {
        return Err(invalid("The simulator has parameters of the data type text only"));
    }
    if input.key_id.is_some() && input.parameter_type != Some(ParameterType::SecureString) {
        return Err(invalid("A KeyId goes with the type SecureString only"));
    }
    let tags = read(world, &input.tags)?;
    let old = world.ssm.parameters.get(&input.name);
    let tier = tier(input, old)?;
    let mut parameter = match old {
        Some(_) if !input.overwrite => {
            let why = "The parameter already exists. To overwrite it, say so in the request.";
            let blocker = [input.name.clone()];
            return Err(AwsError::new("ParameterAlreadyExists", why).blocked_by(blocker));
        }
        Some(_) if !tags.is_empty() => {
            return Err(invalid("Tags and Overwrite cannot be used together"));
        }
        Some(old) => {
            let is_other = |new: ParameterType| new.name() != old.parameter_type;
            if input.parameter_type.is_some_and(is_other) {
                let why = "The type of a parameter cannot be changed: make a new one";
                return Err(AwsError::new("HierarchyTypeMismatchException", why));
            }
            old.clone()
        }
        None => {
            if world.settings().quotas.parameters <= world.ssm.parameters.len() {
                let why = "The account has as many parameters as it may have";
                return Err(AwsError::new("ParameterLimitExceeded", why));
            }
            let parameter_type = input.parameter_type.ok_or_else(|| {
                invalid("A parameter type is required when a parameter is created")
            })?;
            Parameter {
                name: input.name.clone(),
                parameter_type: parameter_type.name().to_owned(),
                key_id: None,
                description: None,
                tier: String::new(),
                versions: BTreeMap::new(),
                tags,
            }
        }
    };
    let is_new = parameter.versions.is_empty();
    tier.clone_into(&mut parameter.tier);
    if input.description.is_some() {
        parameter.description.clone_from(&input.description);
    }
    let value = if parameter.is_secure() {
        let usual = || parameter.key_id.take().unwrap_or_else(|| "alias/aws/ssm".to_owned());
        parameter.key_id = Some(input.key_id.clone().unwrap_or_else(usual));
        encrypt(world, &input.value)
    } else {
        input.value.0.clone()
    };
    let number = parameter.latest().map_or(1, |(number, _)| number + 1);
    parameter.versions.insert(number, ParameterVersion { value, modified: world.now });
    if KEPT_VERSIONS < parameter.versions.len()
        && let Some((_, oldest)) = parameter.versions.pop_first()
    {
        world.machinery.ciphers.forget(&oldest.value);
    }
    if is_new {
        world.add(parameter);
    } else {
        world.ssm.parameters.insert(input.name.clone(), parameter);
    }
    Ok(Xml::new().bare("Version", number).text("Tier", tier))
}

/// The tier the parameter shall have from now on. From `Advanced` there is no way back, and a
/// value that is too long for `Standard` needs it.
fn tier(input: &PutParameter, old: Option<&Parameter>) -> Result<&'static str, AwsError> {
    let bytes = input.value.0.len();
    if bytes == 0 {
        return Err(invalid("The value of a parameter must not be empty"));
    }
    let was_advanced = old.is_some_and(|old| old.tier == "Advanced");
    let is_advanced = match input.tier {
        Some(Tier::Standard) if was_advanced => {
            return Err(invalid("An advanced parameter cannot be made a standard one again"));
        }
        Some(Tier::Standard) => false,
        None => was_advanced,
        Some(Tier::Advanced) => true,
        Some(Tier::IntelligentTiering) => was_advanced || STANDARD_BYTES < bytes,
    };
    let (name, most) =
        if is_advanced { ("Advanced", ADVANCED_BYTES) } else { ("Standard", STANDARD_BYTES) };
    if most < bytes {
        let why = format!("{name} tier parameters have values of up to {most} characters");
        return Err(invalid(why));
    }
    Ok(name)
}
