//! Expanding words: tilde, variables, commands, arithmetic, words, paths.

use std::pin::Pin;

use brush_parser::ParserOptions;
use brush_parser::ast::Word;
use brush_parser::word::{self, TildeExpr, WordPiece, WordPieceWithSource};

use super::fields::{Fields, text};
use super::pattern::{Part, is_pattern};
use super::{Flow, Io, Shell};

/// A future that calls itself.
pub(super) type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Flow>> + Send + 'a>>;

impl Shell {
    /// The words that words stand for.
    pub(super) async fn words(&mut self, words: &[&Word], io: &Io) -> Result<Vec<String>, Flow> {
        let mut all = Vec::new();
        for word in words {
            for parts in self.fields(&word.value, io).await? {
                let paths = match is_pattern(&parts) && !self.options.noglob {
                    true => self.paths(&parts),
                    false => Vec::new(),
                };
                if paths.is_empty() {
                    all.push(text(&parts));
                } else {
                    all.extend(paths);
                }
            }
        }
        Ok(all)
    }

    /// The text that one word stands for, as in an assignment: it is not taken apart.
    pub(super) async fn word(&mut self, word: &str, io: &Io) -> Result<String, Flow> {
        Ok(text(&self.parts(word, io).await?))
    }

    /// The same with what was quoted.
    pub(super) async fn parts(&mut self, word: &str, io: &Io) -> Result<Vec<Part>, Flow> {
        let pieces = self.parse(word::parse(word, &ParserOptions::default()), io)?;
        let mut fields = Fields::default();
        self.pieces(&pieces, Quotes::Kept, &mut fields, io).await?;
        Ok(joined(fields))
    }

    /// The text of a here-document.
    pub(super) async fn here_document(&mut self, text: &str, io: &Io) -> Result<String, Flow> {
        let pieces = self.parse(word::parse_heredoc(text, &ParserOptions::default()), io)?;
        let mut fields = Fields::default();
        self.pieces(&pieces, Quotes::Double, &mut fields, io).await?;
        Ok(super::fields::text(&joined(fields)))
    }

    async fn fields(&mut self, word: &str, io: &Io) -> Result<Vec<Vec<Part>>, Flow> {
        let pieces = self.parse(word::parse(word, &ParserOptions::default()), io)?;
        let mut fields = Fields::default();
        self.pieces(&pieces, Quotes::None, &mut fields, io).await?;
        Ok(fields.finish())
    }

    fn parse<E: std::fmt::Display>(
        &self,
        pieces: Result<Vec<WordPieceWithSource>, E>,
        io: &Io,
    ) -> Result<Vec<WordPieceWithSource>, Flow> {
        pieces.map_err(|error| {
            io.err(format!("{}: bad substitution: {error}", self.name));
            Flow::Exit(2)
        })
    }

    fn pieces<'a>(
        &'a mut self,
        pieces: &'a [WordPieceWithSource],
        quotes: Quotes,
        fields: &'a mut Fields,
        io: &'a Io,
    ) -> Later<'a, ()> {
        Box::pin(async move {
            for piece in pieces {
                self.piece(&piece.piece, quotes, fields, io).await?;
            }
            Ok(())
        })
    }

    async fn piece(
        &mut self,
        piece: &WordPiece,
        quotes: Quotes,
        fields: &mut Fields,
        io: &Io,
    ) -> Result<(), Flow> {
        match piece {
            WordPiece::Text(text) => fields.push(text, quotes == Quotes::Double),
            WordPiece::SingleQuotedText(text) => fields.push(text, true),
            WordPiece::AnsiCQuotedText(text) => fields.push(super::builtin::unescaped(text), true),
            WordPiece::EscapeSequence(text) => {
                let rest = text.strip_prefix('\\').unwrap_or(text);
                fields.push(rest.trim_start_matches('\n'), true);
            }
            WordPiece::DoubleQuotedSequence(inner)
            | WordPiece::GettextDoubleQuotedSequence(inner) => {
                // `""` is a word, but `"$@"` without arguments is none.
                let is_arguments = matches!(inner.as_slice(), [one] if is_all(&one.piece));
                if !is_arguments {
                    fields.push("", true);
                }
                self.pieces(inner, Quotes::Double, fields, io).await?;
            }
            WordPiece::TildeExpansion(tilde) => {
                let home = match tilde {
                    TildeExpr::UserHome(user) if user == "root" => "/root".to_owned(),
                    TildeExpr::UserHome(user) => format!("/home/{user}"),
                    _ => self.variable("HOME").unwrap_or_default().to_owned(),
                };
                fields.push(home, true);
            }
            WordPiece::ParameterExpansion(expression) => {
                self.parameter(expression, quotes, fields, io).await?;
            }
            WordPiece::CommandSubstitution(script)
            | WordPiece::BackquotedCommandSubstitution(script) => {
                let output = self.capture(script, io).await?;
                let output = String::from_utf8_lossy(&output);
                quotes.add(fields, output.trim_end_matches('\n'));
            }
            WordPiece::ArithmeticExpression(expression) => {
                let value = self.arithmetic(&expression.value, io).await?;
                quotes.add(fields, &value.to_string());
            }
        }
        Ok(())
    }
}

fn is_all(piece: &WordPiece) -> bool {
    use word::{Parameter, ParameterExpr, SpecialParameter};
    matches!(
        piece,
        WordPiece::ParameterExpansion(ParameterExpr::Parameter {
            parameter: Parameter::Special(SpecialParameter::AllPositionalParameters {
                concatenate: false
            }),
            ..
        })
    )
}

fn joined(fields: Fields) -> Vec<Part> {
    let mut all = Vec::new();
    for (index, parts) in fields.finish().into_iter().enumerate() {
        if index > 0 {
            all.push((" ".to_owned(), true));
        }
        all.extend(parts);
    }
    all
}

/// What is around an expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Nothing: what comes of it is taken apart.
    None,
    /// Nothing, but it stays one word.
    Kept,
    /// Double quotes: it stays one word and is no pattern.
    Double,
}

impl Quotes {
    /// Adds what came of an expansion.
    pub(super) fn add(self, fields: &mut Fields, text: &str) {
        match self {
            Self::None => fields.split(text),
            Self::Kept => fields.push(text, false),
            Self::Double => fields.push(text, true),
        }
    }
}
