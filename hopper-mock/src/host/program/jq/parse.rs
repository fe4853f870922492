//! Reading programs of jq: paths, pipes, comparisons, objects, arrays, calls.

use serde_json::Value;

use super::filter::Filter;

/// Reads a program.
///
/// # Errors
/// What it cannot read, in a few words.
pub(super) fn program(text: &str) -> Result<Filter, String> {
    let mut parser = Parser { rest: text.trim() };
    if parser.rest.is_empty() {
        return Ok(Filter::Identity);
    }
    let filter = parser.pipe()?;
    if parser.rest.is_empty() { Ok(filter) } else { Err(parser.unexpected()) }
}

/// Binary operators from the loosest to the tightest.
const OPERATORS: &[&[&str]] =
    &[&["//"], &["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"]];

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn unexpected(&self) -> String {
        match self.rest.chars().next() {
            Some(letter) => format!("syntax error, unexpected '{letter}'"),
            None => "syntax error, unexpected end of file".to_owned(),
        }
    }

    fn skip(&mut self, n: usize) {
        self.rest = self.rest[n..].trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        let is_there = self.rest.starts_with(token);
        if is_there {
            self.skip(token.len());
        }
        is_there
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn peek_word(&self) -> &'a str {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        if word.starts_with(|c: char| c.is_ascii_digit()) { "" } else { word }
    }

    fn pipe(&mut self) -> Result<Filter, String> {
        let first = self.comma()?;
        if !self.take("|") {
            return Ok(first);
        }
        Ok(Filter::Pipe(Box::new(first), Box::new(self.pipe()?)))
    }

    fn comma(&mut self) -> Result<Filter, String> {
        let mut all = self.binary(0)?;
        while self.take(",") {
            all = Filter::Comma(Box::new(all), Box::new(self.binary(0)?));
        }
        Ok(all)
    }

    fn binary(&mut self, level: usize) -> Result<Filter, String> {
        let Some(operators) = OPERATORS.get(level) else { return self.postfix() };
        let mut left = self.binary(level + 1)?;
        loop {
            let is_next = |operator: &&&str| match operator.starts_with(char::is_alphabetic) {
                true => self.peek_word() == **operator,
                false => self.rest.starts_with(**operator),
            };
            let Some(operator) = operators.iter().find(is_next).copied() else { return Ok(left) };
            self.skip(operator.len());
            // `a // b // c` is `a // (b // c)`.
            let right = self.binary(if operator == "//" { level } else { level + 1 })?;
            left = Filter::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn postfix(&mut self) -> Result<Filter, String> {
        let mut filter = self.term()?;
        loop {
            let is_field = self.rest.strip_prefix('.').is_some_and(|after| {
                after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"')
            });
            if is_field {
                self.rest = &self.rest[1..];
                filter = self.field(filter)?;
            } else if self.rest.starts_with(".[") || self.rest.starts_with('[') {
                self.take(".");
                filter = self.bracket(filter)?;
            } else if self.take("?") {
                filter = Filter::Try(Box::new(filter));
            } else {
                return Ok(filter);
            }
        }
    }

    /// A name or a text after a dot.
    fn field(&mut self, of: Filter) -> Result<Filter, String> {
        let key = match self.rest.starts_with('"') {
            true => self.text()?,
            false => {
                let word = self.peek_word();
                self.skip(word.len());
                Filter::Literal(word.into())
            }
        };
        Ok(Filter::Index(Box::new(of), Box::new(key)))
    }

    fn bracket(&mut self, of: Filter) -> Result<Filter, String> {
        self.expect("[")?;
        if self.take("]") {
            return Ok(Filter::Each(Box::new(of)));
        }
        let key = self.pipe()?;
        self.expect("]")?;
        Ok(Filter::Index(Box::new(of), Box::new(key)))
    }

    fn term(&mut self) -> Result<Filter, String> {
        let Some(letter) = self.rest.chars().next() else { return Err(self.unexpected()) };
        match letter {
            '.' => {
                let after = self.rest[1..].chars().next();
                if after == Some('.') {
                    return Err("syntax error, the simulator has no '..'".to_owned());
                }
                let is_field =
                    after.is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '"');
                if is_field {
                    self.rest = &self.rest[1..];
                    return self.field(Filter::Identity);
                }
                self.skip(1);
                Ok(Filter::Identity)
            }
            '"' => self.text(),
            '$' => {
                self.rest = &self.rest[1..];
                let name = self.peek_word();
                self.skip(name.len());
                if name.is_empty() {
                    Err(self.unexpected())
                } else {
                    Ok(Filter::Variable(name.into()))
                }
            }
            '@' => {
                self.rest = &self.rest[1..];
                let name = format!("@{}", self.peek_word());
                self.skip(name.len() - 1);
                Ok(Filter::Call(name, Vec::new()))
            }
            '(' => {
                self.skip(1);
                let inner = self.pipe()?;
                self.expect(")")?;
                Ok(inner)
            }
            '[' => {
                self.skip(1);
                if self.take("]") {
                    return Ok(Filter::Array(None));
                }
                let inner = self.pipe()?;
                self.expect("]")?;
                Ok(Filter::Array(Some(Box::new(inner))))
            }
            '{' => self.object(),
            '-' | '0'..='9' => self.number(),
            _ => self.word(),
        }
    }

    fn number(&mut self) -> Result<Filter, String> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | 'E');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let number = serde_json::from_str::<Value>(&self.rest[..end]);
        let number = number.map_err(|_| self.unexpected())?;
        self.skip(end);
        Ok(Filter::Literal(number))
    }

    fn word(&mut self) -> Result<Filter, String> {
        let word = self.peek_word();
        self.skip(word.len());
        Ok(match word {
            "" => return Err(self.unexpected()),
            "null" => Filter::Literal(Value::Null),
            "true" => Filter::Literal(true.into()),
            "false" => Filter::Literal(false.into()),
            "if" | "then" | "else" | "end" | "reduce" | "foreach" | "def" | "try" | "as" => {
                return Err(format!("syntax error, the simulator has no '{word}'"));
            }
            name => {
                let mut arguments = Vec::new();
                if self.take("(") {
                    arguments.push(self.pipe()?);
                    while self.take(";") {
                        arguments.push(self.pipe()?);
                    }
                    self.expect(")")?;
                }
                Filter::Call(name.to_owned(), arguments)
            }
        })
    }

    fn object(&mut self) -> Result<Filter, String> {
        self.expect("{")?;
        let mut members = Vec::new();
        while !self.take("}") {
            if !members.is_empty() {
                self.expect(",")?;
            }
            let (key, short) = match self.rest.chars().next() {
                Some('"') => {
                    let key = self.text()?;
                    let value = Filter::Index(Box::new(Filter::Identity), Box::new(key.clone()));
                    (key, value)
                }
                Some('(') => {
                    let key = self.term()?;
                    (key.clone(), key)
                }
                Some('$') => match self.term()? {
                    Filter::Variable(name) => {
                        (Filter::Literal(name.as_str().into()), Filter::Variable(name))
                    }
                    other => (other.clone(), other),
                },
                _ => {
                    let word = self.peek_word();
                    if word.is_empty() {
                        return Err(self.unexpected());
                    }
                    self.skip(word.len());
                    let key = Filter::Literal(word.into());
                    let value = Filter::Index(Box::new(Filter::Identity), Box::new(key.clone()));
                    (key, value)
                }
            };
            let value = if self.take(":") { self.binary(0)? } else { short };
            members.push((key, value));
        }
        Ok(Filter::Object(members))
    }

    /// A text in quotes, with what is to be filled in.
    fn text(&mut self) -> Result<Filter, String> {
        let (mut parts, mut plain) = (Vec::new(), String::new());
        let mut rest = &self.rest[1..];
        loop {
            let end = rest.find(['"', '\\']).ok_or("syntax error, unterminated string")?;
            plain.push_str(&rest[..end]);
            rest = &rest[end..];
            if rest.starts_with('"') {
                break;
            }
            if let Some(inner) = rest.strip_prefix("\\(") {
                let mut parser = Parser { rest: inner.trim_start() };
                let filter = parser.pipe()?;
                if !parser.rest.starts_with(')') {
                    return Err(parser.unexpected());
                }
                rest = &parser.rest[1..];
                parts.push(Filter::Literal(std::mem::take(&mut plain).into()));
                parts.push(filter);
                continue;
            }
            let length = if rest[1..].starts_with('u') { 6 } else { 2 };
            let escape = rest.get(..length).ok_or("syntax error, invalid escape")?;
            let read = serde_json::from_str::<String>(&format!("\"{escape}\""));
            plain.push_str(&read.map_err(|_| "syntax error, invalid escape")?);
            rest = &rest[length..];
        }
        self.rest = rest[1..].trim_start();
        if parts.is_empty() {
            return Ok(Filter::Literal(plain.into()));
        }
        parts.push(Filter::Literal(plain.into()));
        Ok(Filter::Text(parts))
    }
}
