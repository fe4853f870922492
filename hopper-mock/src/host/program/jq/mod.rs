//! `jq`: the part of its language that reads documents. What it does not know it refuses.
//!
//! Source: the manual of jq 1.7.

mod filter;
mod parse;
mod run;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Call;

#[derive(Debug, Default)]
struct Options {
    is_raw: bool,
    is_joined: bool,
    is_compact: bool,
    is_null_input: bool,
    is_text_input: bool,
    is_slurped: bool,
    tells_by_status: bool,
    names: BTreeMap<String, Value>,
    program: Option<String>,
    files: Vec<String>,
}

pub(super) async fn jq(call: &mut Call<'_>) -> i32 {
    let mut options = match read(call) {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some(program) = options.program.take() else {
        call.io.err("Usage:\tjq [OPTIONS] FILTER [FILES...]");
        return 2;
    };
    let filter = parse::program(&program).and_then(|filter| {
        run::check(&filter, &options.names)?;
        Ok(filter)
    });
    let filter = match filter {
        Ok(filter) => filter,
        Err(why) => {
            call.io.err(format!(
                "jq: error: {why} at <top-level>, line 1:\n{program}\njq: 1 compile error"
            ));
            return 3;
        }
    };
    let (data, mut status) = match options.is_null_input {
        true => (String::new(), 0),
        false => {
            let (text, status) = call.read_text(&options.files).await;
            (text, if status == 0 { 0 } else { 2 })
        }
    };
    let inputs = match inputs(&options, &data) {
        Ok(inputs) => inputs,
        Err((inputs, why)) => {
            call.io.err(format!("jq: parse error: {why}"));
            status = 2;
            inputs
        }
    };
    let mut last = None;
    for input in inputs {
        match run::run(&filter, &input, &options.names) {
            Ok(values) => {
                for value in values {
                    print(call, &options, &value);
                    last = Some(value);
                }
            }
            Err(why) => {
                call.io.err(format!("jq: error (at <stdin>:0): {why}"));
                status = 5;
            }
        }
    }
    match (&last, options.tells_by_status && status == 0) {
        (None, true) => 4,
        (Some(value), true) => i32::from(!run::is_true(value)),
        _ => status,
    }
}

fn read(call: &Call<'_>) -> Result<Options, i32> {
    let mut options = Options::default();
    let mut rest = call.arguments.iter();
    let unknown = |option: &str| {
        call.io.err(format!("jq: Unknown option: {option}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq"));
        2
    };
    while let Some(argument) = rest.next() {
        let letters: Vec<char> = match argument.strip_prefix("--") {
            Some("") => continue,
            Some(name @ ("arg" | "argjson")) => {
                let (Some(key), Some(value)) = (rest.next(), rest.next()) else {
                    call.io.err(format!(
                        "jq: --{name} takes two parameters (e.g. --{name} varname value)"
                    ));
                    return Err(2);
                };
                let value = match name {
                    "arg" => value.as_str().into(),
                    _ => serde_json::from_str(value).map_err(|_| {
                        call.io.err(format!("jq: Invalid JSON text passed to --{name}"));
                        2
                    })?,
                };
                options.names.insert(key.clone(), value);
                continue;
            }
            Some(name) => vec![match name {
                "raw-output" => 'r',
                "join-output" => 'j',
                "exit-status" => 'e',
                "compact-output" => 'c',
                "null-input" => 'n',
                "raw-input" => 'R',
                "slurp" => 's',
                "sort-keys" => 'S',
                "monochrome-output" => 'M',
                _ => return Err(unknown(argument)),
            }],
            None => match argument.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                Some(letters) => letters.chars().collect(),
                None if options.program.is_none() => {
                    options.program = Some(argument.clone());
                    continue;
                }
                None => {
                    options.files.push(argument.clone());
                    continue;
                }
            },
        };
        for letter in letters {
            match letter {
                'r' => options.is_raw = true,
                'j' => (options.is_raw, options.is_joined) = (true, true),
                'e' => options.tells_by_status = true,
                'c' => options.is_compact = true,
                'n' => options.is_null_input = true,
                'R' => options.is_text_input = true,
                's' => options.is_slurped = true,
                // Keys are sorted and nothing is coloured as it is.
                'S' | 'M' => {}
                _ => return Err(unknown(argument)),
            }
        }
    }
    Ok(options)
}

/// The values to be filtered; with an error those before it.
fn inputs(options: &Options, data: &str) -> Result<Vec<Value>, (Vec<Value>, String)> {
    if options.is_null_input {
        return Ok(vec![Value::Null]);
    }
    if options.is_text_input {
        return Ok(match options.is_slurped {
            true => vec![data.into()],
            false => data.lines().map(Value::from).collect(),
        });
    }
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(data).into_iter::<Value>() {
        match value {
            Ok(value) => values.push(value),
            Err(why) => {
                let (line, column) = (why.line(), why.column());
                return Err((values, format!("Invalid literal at line {line}, column {column}")));
            }
        }
    }
    Ok(if options.is_slurped { vec![Value::Array(values)] } else { values })
}

fn print(call: &Call<'_>, options: &Options, value: &Value) {
    let text = match value {
        Value::String(text) if options.is_raw => text.clone(),
        value if options.is_compact => value.to_string(),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let end = if options.is_joined { "" } else { "\n" };
    call.io.out(format!("{text}{end}"));
}
