//! `test`, `[` and `[[`.

use brush_parser::ast::{BinaryPredicate, ExtendedTestExpr, UnaryPredicate};
use regex::Regex;

use super::expand::Later;
use super::fields::text;
use super::{Io, Shell, pattern};
use crate::host::disk::What;

impl Shell {
    /// The status of `test` with arguments: 0, 1, or 2 for what it does not understand.
    pub(super) fn test(&self, arguments: &[String], io: &Io) -> i32 {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match self.expression(&words) {
            Some(is_true) => i32::from(!is_true),
            None => {
                io.err(format!("{}: test: {}: cannot be understood", self.name, words.join(" ")));
                2
            }
        }
    }

    fn expression(&self, words: &[&str]) -> Option<bool> {
        match words {
            [] => Some(false),
            [one] => Some(!one.is_empty()),
            ["!", rest @ ..] if rest.len() != 2 || !is_binary(rest[0]) => {
                Some(!self.expression(rest)?)
            }
            [operator, operand] => self.unary(operator, operand),
            [left, operator, right] if is_binary(operator) => self.binary(left, operator, right),
            ["(", inner @ .., ")"] => self.expression(inner),
            words => {
                let split = |operator| words.iter().position(|word| *word == operator);
                if let Some(at) = split("-o") {
                    return Some(
                        self.expression(&words[..at])? || self.expression(&words[at + 1..])?,
                    );
                }
                let at = split("-a")?;
                Some(self.expression(&words[..at])? && self.expression(&words[at + 1..])?)
            }
        }
    }

    fn unary(&self, operator: &str, operand: &str) -> Option<bool> {
        let path = self.path(operand);
        self.guest.disk(|disk| {
            let node = disk.get(&path);
            Some(match operator {
                "-n" => !operand.is_empty(),
                "-z" => operand.is_empty(),
                "-e" | "-a" => path == "/" || node.is_some(),
                "-d" => disk.is_directory(&path),
                "-f" => node.is_some_and(|node| matches!(node.what, What::File(_))),
                "-s" => node.is_some_and(|node| match &node.what {
                    What::File(data) => !data.is_empty(),
                    _ => true,
                }),
                "-L" | "-h" => {
                    disk.get_link(&path).is_some_and(|node| matches!(node.what, What::Link(_)))
                }
                "-r" => disk.is_directory(&path) || disk.read(&self.user, &path).is_ok(),
                "-w" => node.is_some_and(|node| self.user == "root" || node.owner == self.user),
                "-x" => disk.is_directory(&path) || node.is_some_and(|node| node.mode & 0o111 != 0),
                "-t" => false,
                "-v" => self.variable(operand).is_some(),
                _ => return None,
            })
        })
    }

    fn binary(&self, left: &str, operator: &str, right: &str) -> Option<bool> {
        let numbers =
            || Some((left.trim().parse::<i64>().ok()?, right.trim().parse::<i64>().ok()?));
        Some(match operator {
            "=" | "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            "-eq" => numbers().map(|(left, right)| left == right)?,
            "-ne" => numbers().map(|(left, right)| left != right)?,
            "-lt" => numbers().map(|(left, right)| left < right)?,
            "-le" => numbers().map(|(left, right)| left <= right)?,
            "-gt" => numbers().map(|(left, right)| left > right)?,
            "-ge" => numbers().map(|(left, right)| left >= right)?,
            _ => return None,
        })
    }

    /// Whether what `[[` looks at is so.
    pub(super) fn extended_test<'a>(
        &'a mut self,
        expression: &'a ExtendedTestExpr,
        io: &'a Io,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            Ok(match expression {
                ExtendedTestExpr::And(left, right) => {
                    self.extended_test(left, io).await? && self.extended_test(right, io).await?
                }
                ExtendedTestExpr::Or(left, right) => {
                    self.extended_test(left, io).await? || self.extended_test(right, io).await?
                }
                ExtendedTestExpr::Not(inner) => !self.extended_test(inner, io).await?,
                ExtendedTestExpr::Parenthesized(inner) => self.extended_test(inner, io).await?,
                ExtendedTestExpr::UnaryTest(predicate, word) => {
                    let operand = self.word(&word.value, io).await?;
                    self.unary(flag(predicate), &operand).unwrap_or(false)
                }
                ExtendedTestExpr::BinaryTest(predicate, left, right) => {
                    let left = self.word(&left.value, io).await?;
                    let right = self.parts(&right.value, io).await?;
                    let is_match = |is_path| {
                        pattern::regex(&right, is_path).is_some_and(|regex| regex.is_match(&left))
                    };
                    match predicate {
                        BinaryPredicate::StringExactlyMatchesPattern => is_match(false),
                        BinaryPredicate::StringDoesNotExactlyMatchPattern => !is_match(false),
                        BinaryPredicate::StringMatchesRegex => {
                            Regex::new(&text(&right)).is_ok_and(|regex| regex.is_match(&left))
                        }
                        BinaryPredicate::StringContainsSubstring => left.contains(&text(&right)),
                        other => {
                            self.binary(&left, comparison(other), &text(&right)).unwrap_or(false)
                        }
                    }
                }
            })
        })
    }
}

fn is_binary(word: &str) -> bool {
    let all = ["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"];
    all.contains(&word)
}

fn flag(predicate: &UnaryPredicate) -> &'static str {
    match predicate {
        UnaryPredicate::FileExists => "-e",
        UnaryPredicate::FileExistsAndIsDir => "-d",
        UnaryPredicate::FileExistsAndIsRegularFile => "-f",
        UnaryPredicate::FileExistsAndIsSymlink => "-L",
        UnaryPredicate::FileExistsAndIsReadable => "-r",
        UnaryPredicate::FileExistsAndIsNotZeroLength => "-s",
        UnaryPredicate::FileExistsAndIsWritable => "-w",
        UnaryPredicate::FileExistsAndIsExecutable => "-x",
        UnaryPredicate::ShellVariableIsSetAndAssigned => "-v",
        UnaryPredicate::StringHasZeroLength => "-z",
        UnaryPredicate::StringHasNonZeroLength => "-n",
        _ => "-t",
    }
}

fn comparison(predicate: &BinaryPredicate) -> &'static str {
    match predicate {
        BinaryPredicate::StringExactlyMatchesString => "=",
        BinaryPredicate::StringDoesNotExactlyMatchString => "!=",
        BinaryPredicate::LeftSortsBeforeRight => "<",
        BinaryPredicate::LeftSortsAfterRight => ">",
        BinaryPredicate::ArithmeticEqualTo => "-eq",
        BinaryPredicate::ArithmeticNotEqualTo => "-ne",
        BinaryPredicate::ArithmeticLessThan => "-lt",
        BinaryPredicate::ArithmeticLessThanOrEqualTo => "-le",
        BinaryPredicate::ArithmeticGreaterThan => "-gt",
        BinaryPredicate::ArithmeticGreaterThanOrEqualTo => "-ge",
        _ => "",
    }
}
