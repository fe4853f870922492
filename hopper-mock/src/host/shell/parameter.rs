//! Expanding parameters: `$x`, `${x:-y}`, `${x%.*}` and their kin.

use brush_parser::word::{
    Parameter, ParameterExpr, ParameterTestType, SpecialParameter, SubstringMatchKind,
};
use regex::Regex;

use super::expand::Quotes;
use super::fields::Fields;
use super::{Flow, Io, Shell, pattern};

impl Shell {
    /// Adds what a parameter expands to.
    pub(super) async fn parameter(
        &mut self,
        expression: &ParameterExpr,
        quotes: Quotes,
        fields: &mut Fields,
        io: &Io,
    ) -> Result<(), Flow> {
        use ParameterExpr as Expr;
        match expression {
            Expr::Parameter {
                parameter:
                    Parameter::Special(SpecialParameter::AllPositionalParameters { concatenate }),
                ..
            } if quotes == Quotes::None || !concatenate => {
                for (index, argument) in self.arguments.clone().iter().enumerate() {
                    if index > 0 {
                        fields.end();
                    }
                    quotes.add(fields, argument);
                }
            }
            Expr::Parameter { parameter, .. } => {
                let value = self.checked(parameter, io)?;
                quotes.add(fields, &value);
            }
            Expr::UseDefaultValues { parameter, test_type, default_value, .. } => {
                match self.tested(parameter, test_type) {
                    Some(value) => quotes.add(fields, &value),
                    None => {
                        let word = default_value.clone().unwrap_or_default();
                        let value = Box::pin(self.word(&word, io)).await?;
                        quotes.add(fields, &value);
                    }
                }
            }
            Expr::AssignDefaultValues { parameter, test_type, default_value, .. } => {
                let value = match self.tested(parameter, test_type) {
                    Some(value) => value,
                    None => {
                        let word = default_value.clone().unwrap_or_default();
                        let value = Box::pin(self.word(&word, io)).await?;
                        if let Parameter::Named(name) = parameter {
                            self.variables.insert(name.clone(), value.clone());
                        }
                        value
                    }
                };
                quotes.add(fields, &value);
            }
            Expr::IndicateErrorIfNullOrUnset { parameter, test_type, error_message, .. } => {
                let Some(value) = self.tested(parameter, test_type) else {
                    let word = error_message.clone().unwrap_or_default();
                    let mut message = Box::pin(self.word(&word, io)).await?;
                    if message.is_empty() {
                        "parameter null or not set".clone_into(&mut message);
                    }
                    io.err(format!("{}: {}: {message}", self.name, bare(parameter)));
                    return Err(Flow::Exit(127));
                };
                quotes.add(fields, &value);
            }
            Expr::UseAlternativeValue { parameter, test_type, alternative_value, .. } => {
                if self.tested(parameter, test_type).is_some() {
                    let word = alternative_value.clone().unwrap_or_default();
                    let value = Box::pin(self.word(&word, io)).await?;
                    quotes.add(fields, &value);
                }
            }
            Expr::ParameterLength { parameter, .. } => {
                let length = self.checked(parameter, io)?.chars().count();
                quotes.add(fields, &length.to_string());
            }
            Expr::RemoveSmallestSuffixPattern { parameter, pattern, .. } => {
                let value = self.trimmed(parameter, pattern, io, End::ShortSuffix).await?;
                quotes.add(fields, &value);
            }
            Expr::RemoveLargestSuffixPattern { parameter, pattern, .. } => {
                let value = self.trimmed(parameter, pattern, io, End::LongSuffix).await?;
                quotes.add(fields, &value);
            }
            Expr::RemoveSmallestPrefixPattern { parameter, pattern, .. } => {
                let value = self.trimmed(parameter, pattern, io, End::ShortPrefix).await?;
                quotes.add(fields, &value);
            }
            Expr::RemoveLargestPrefixPattern { parameter, pattern, .. } => {
                let value = self.trimmed(parameter, pattern, io, End::LongPrefix).await?;
                quotes.add(fields, &value);
            }
            Expr::ReplaceSubstring { parameter, pattern, replacement, match_kind, .. } => {
                let value = self.checked(parameter, io)?;
                let parts = Box::pin(self.parts(pattern, io)).await?;
                let word = replacement.clone().unwrap_or_default();
                let replacement = Box::pin(self.word(&word, io)).await?;
                let source = pattern::source(&parts, false);
                let (source, n) = match match_kind {
                    SubstringMatchKind::Prefix => (format!("^(?:{source})"), 1),
                    SubstringMatchKind::Suffix => (format!("(?:{source})$"), 1),
                    SubstringMatchKind::FirstOccurrence => (source, 1),
                    SubstringMatchKind::Anywhere => (source, 0),
                };
                let value = match Regex::new(&source) {
                    Ok(regex) => {
                        regex.replacen(&value, n, regex::NoExpand(&replacement)).into_owned()
                    }
                    Err(_) => value,
                };
                quotes.add(fields, &value);
            }
            other => {
                io.err(format!("{}: {other:?}: the simulator has no such expansion", self.name));
                return Err(Flow::Exit(2));
            }
        }
        Ok(())
    }

    /// The value of a parameter, if it is set.
    pub(super) fn value(&self, parameter: &Parameter) -> Option<String> {
        match parameter {
            Parameter::Named(name) if name == "RANDOM" => Some("4".to_owned()),
            Parameter::Named(name) if name == "SECONDS" && !self.variables.contains_key(name) => {
                Some(self.guest.mock.now().since(self.began).as_secs().to_string())
            }
            Parameter::Named(name) => self.variables.get(name).cloned(),
            Parameter::Positional(0) => Some(self.name.clone()),
            Parameter::Positional(n) => self.arguments.get(usize::try_from(*n).ok()? - 1).cloned(),
            Parameter::Special(special) => Some(match special {
                SpecialParameter::AllPositionalParameters { .. } => self.arguments.join(" "),
                SpecialParameter::PositionalParameterCount => self.arguments.len().to_string(),
                SpecialParameter::LastExitStatus => self.status.to_string(),
                SpecialParameter::CurrentOptionFlags => self.options.letters(),
                SpecialParameter::ProcessId => self.pid.to_string(),
                SpecialParameter::LastBackgroundProcessId => self.last_background?.to_string(),
                SpecialParameter::ShellName => self.name.clone(),
            }),
            Parameter::NamedWithIndex { .. } | Parameter::NamedWithAllIndices { .. } => None,
        }
    }

    /// The value, empty if it is not set, unless that is a failure.
    fn checked(&self, parameter: &Parameter, io: &Io) -> Result<String, Flow> {
        match self.value(parameter) {
            Some(value) => Ok(value),
            None if self.options.nounset => {
                io.err(format!("{}: {}: unbound variable", self.name, bare(parameter)));
                Err(Flow::Exit(1))
            }
            None => Ok(String::new()),
        }
    }

    fn tested(&self, parameter: &Parameter, test: &ParameterTestType) -> Option<String> {
        let value = self.value(parameter)?;
        let is_null = matches!(test, ParameterTestType::UnsetOrNull) && value.is_empty();
        (!is_null).then_some(value)
    }

    async fn trimmed(
        &mut self,
        parameter: &Parameter,
        pattern: &Option<String>,
        io: &Io,
        end: End,
    ) -> Result<String, Flow> {
        let value = self.checked(parameter, io)?;
        let word = pattern.clone().unwrap_or_default();
        let parts = Box::pin(self.parts(&word, io)).await?;
        let Some(regex) = pattern::regex(&parts, false) else { return Ok(value) };
        let mut cuts: Vec<usize> = value.char_indices().map(|(index, _)| index).collect();
        cuts.push(value.len());
        if matches!(end, End::ShortSuffix | End::LongPrefix) {
            cuts.reverse();
        }
        let is_suffix = matches!(end, End::ShortSuffix | End::LongSuffix);
        let cut = cuts.into_iter().find(|cut| {
            let (head, tail) = value.split_at(*cut);
            regex.is_match(if is_suffix { tail } else { head })
        });
        Ok(match cut {
            Some(cut) if is_suffix => value[..cut].to_owned(),
            Some(cut) => value[cut..].to_owned(),
            None => value,
        })
    }
}

/// Which end of a value goes, and how much of it.
#[derive(Clone, Copy, Debug)]
enum End {
    ShortSuffix,
    LongSuffix,
    ShortPrefix,
    LongPrefix,
}

fn bare(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Named(name) => name.clone(),
        Parameter::Positional(n) => n.to_string(),
        other => other.to_string(),
    }
}
