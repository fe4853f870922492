//! [`Options`]: what curl is told, by its arguments or by files of configuration.

use super::config;
use crate::host::program::Call;

/// What makes a difference here.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) urls: Vec<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) method: Option<String>,
    /// What is sent.
    pub(super) data: Option<Vec<u8>>,
    pub(super) is_data_in_query: bool,
    pub(super) user: Option<String>,
    pub(super) aws_sigv4: Option<String>,
    pub(super) output: Option<String>,
    pub(super) is_named_by_url: bool,
    pub(super) makes_directories: bool,
    pub(super) write_out: Option<String>,
    pub(super) fails: bool,
    pub(super) fails_with_body: bool,
    pub(super) is_silent: bool,
    pub(super) shows_errors: bool,
    pub(super) is_insecure: bool,
    pub(super) has_authority: bool,
    pub(super) retries: u32,
    pub(super) retry_delay: Option<f64>,
    pub(super) retry_max_time: Option<f64>,
    pub(super) retries_all: bool,
    pub(super) retries_refused: bool,
    pub(super) connect_timeout: Option<f64>,
    pub(super) max_time: Option<f64>,
}

/// Options with a value: the name, and the letter if there is one.
const VALUED: &[(&str, char)] = &[
    ("aws-sigv4", '\0'),
    ("cacert", '\0'),
    ("cert", 'E'),
    ("config", 'K'),
    ("connect-timeout", '\0'),
    ("data", 'd'),
    ("data-ascii", '\0'),
    ("data-binary", '\0'),
    ("data-raw", '\0'),
    ("data-urlencode", '\0'),
    ("header", 'H'),
    ("json", '\0'),
    ("key", '\0'),
    ("max-redirs", '\0'),
    ("max-time", 'm'),
    ("noproxy", '\0'),
    ("output", 'o'),
    ("proto", '\0'),
    ("proto-default", '\0'),
    ("proto-redir", '\0'),
    ("request", 'X'),
    ("retry", '\0'),
    ("retry-delay", '\0'),
    ("retry-max-time", '\0'),
    ("speed-limit", 'Y'),
    ("speed-time", 'y'),
    ("url", '\0'),
    ("user", 'u'),
    ("user-agent", 'A'),
    ("write-out", 'w'),
];

/// Options without one.
const PLAIN: &[(&str, char)] = &[
    ("compressed", '\0'),
    ("create-dirs", '\0'),
    ("disable", 'q'),
    ("fail", 'f'),
    ("fail-early", '\0'),
    ("fail-with-body", '\0'),
    ("get", 'G'),
    ("globoff", 'g'),
    ("http1.1", '\0'),
    ("http2", '\0'),
    ("insecure", 'k'),
    ("ipv4", '4'),
    ("location", 'L'),
    ("no-buffer", 'N'),
    ("no-progress-meter", '\0'),
    ("progress-bar", '#'),
    ("remote-name", 'O'),
    ("remove-on-error", '\0'),
    ("retry-all-errors", '\0'),
    ("retry-connrefused", '\0'),
    ("show-error", 'S'),
    ("silent", 's'),
    ("tlsv1.2", '\0'),
    ("tlsv1.3", '\0'),
];

impl Options {
    /// Reads arguments. What is wrong with them was told, and is a status.
    pub(super) async fn read(call: &Call<'_>) -> Result<Self, i32> {
        let mut options = Self::default();
        let mut rest = call.arguments.iter();
        while let Some(argument) = rest.next() {
            if let Some(name) = argument.strip_prefix("--").filter(|name| !name.is_empty()) {
                if VALUED.iter().any(|(known, _)| *known == name) {
                    let value = rest.next().ok_or_else(|| wants_value(call, argument))?;
                    options.set(call, name, Some(value)).await?;
                } else {
                    options.set(call, name, None).await?;
                }
                continue;
            }
            let Some(letters) = argument.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                options.urls.push(argument.clone());
                continue;
            };
            for (at, letter) in letters.char_indices() {
                let Some((name, _)) = VALUED.iter().find(|(_, known)| *known == letter) else {
                    let plain = PLAIN.iter().find(|(_, known)| *known == letter);
                    let (name, _) = plain.ok_or_else(|| unknown(call, argument))?;
                    options.set(call, name, None).await?;
                    continue;
                };
                let after = &letters[at + letter.len_utf8()..];
                let value =
                    if after.is_empty() { rest.next().cloned() } else { Some(after.to_owned()) };
                let value = value.ok_or_else(|| wants_value(call, argument))?;
                options.set(call, name, Some(&value)).await?;
                break;
            }
        }
        Ok(options)
    }

    /// Sets an option by its long name.
    async fn set(&mut self, call: &Call<'_>, name: &str, value: Option<&str>) -> Result<(), i32> {
        let is_known = |list: &[(&str, char)]| list.iter().any(|(known, _)| *known == name);
        if !is_known(PLAIN) && !is_known(VALUED) {
            return Err(unknown(call, &format!("--{name}")));
        }
        let text = || value.unwrap_or_default().to_owned();
        let number = || {
            let bad = || {
                call.io
                    .err(format!("curl: option --{name}: expected a proper numerical parameter"));
                2
            };
            value.unwrap_or_default().parse::<f64>().map_err(|_| bad())
        };
        match name {
            "url" => self.urls.push(text()),
            "header" => self.add_headers(call, &text()).await?,
            "request" => self.method = Some(text()),
            "data" | "data-ascii" | "data-binary" | "data-raw" | "data-urlencode" | "json" => {
                self.add_data(call, name, &text()).await?;
            }
            "get" => self.is_data_in_query = true,
            "user" => self.user = Some(text()),
            "aws-sigv4" => self.aws_sigv4 = Some(text()),
            "output" => self.output = Some(text()),
            "remote-name" => self.is_named_by_url = true,
            "create-dirs" => self.makes_directories = true,
            "write-out" => self.write_out = Some(text()),
            "fail" => self.fails = true,
            "fail-with-body" => self.fails_with_body = true,
            "silent" => self.is_silent = true,
            "show-error" => self.shows_errors = true,
            "insecure" => self.is_insecure = true,
            "cacert" => {
                let path = call.shell.path(&text());
                if call.shell.guest.disk(|disk| disk.get(&path).is_none()) {
                    call.io.err(format!("curl: (77) error setting certificate file: {path}"));
                    return Err(77);
                }
                self.has_authority = true;
            }
            "retry" => self.retries = number()? as u32,
            "retry-delay" => self.retry_delay = Some(number()?),
            "retry-max-time" => self.retry_max_time = Some(number()?),
            "retry-all-errors" => self.retries_all = true,
            "retry-connrefused" => self.retries_refused = true,
            "connect-timeout" => self.connect_timeout = Some(number()?),
            "max-time" => self.max_time = Some(number()?),
            "config" => {
                let file = text();
                let Some(data) = call.read(&file).await else {
                    call.io.err(format!("curl: cannot read config from '{file}'"));
                    return Err(26);
                };
                for (name, value) in config::read(&String::from_utf8_lossy(&data)) {
                    if name == "config" {
                        call.io.err("curl: the simulator reads no config from within a config");
                        return Err(2);
                    }
                    Box::pin(self.set(call, &long(&name), value.as_deref())).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn add_headers(&mut self, call: &Call<'_>, text: &str) -> Result<(), i32> {
        let lines = match text.strip_prefix('@') {
            Some(file) => {
                let data = call.read(file).await.ok_or(26)?;
                String::from_utf8_lossy(&data).into_owned()
            }
            None => text.to_owned(),
        };
        for line in lines.lines() {
            if let Some((name, value)) = line.split_once(':') {
                self.headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        Ok(())
    }

    async fn add_data(&mut self, call: &Call<'_>, name: &str, text: &str) -> Result<(), i32> {
        let file =
            text.strip_prefix('@').filter(|_| name != "data-raw" && name != "data-urlencode");
        let mut piece = match file {
            Some(file) => call.read(file).await.ok_or(26)?,
            None => text.as_bytes().to_vec(),
        };
        match name {
            "data" | "data-ascii" if file.is_some() => {
                piece.retain(|byte| !matches!(byte, b'\n' | b'\r' | 0));
            }
            "data-urlencode" => {
                let (key, value) = text.split_once('=').unwrap_or(("", text));
                let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
                let equals = if key.is_empty() { "" } else { "=" };
                piece = format!("{key}{equals}{encoded}").into_bytes();
            }
            "json" => {
                for name in ["content-type", "accept"] {
                    self.headers.push((name.to_owned(), "application/json".to_owned()));
                }
            }
            _ => {}
        }
        match &mut self.data {
            Some(data) => {
                data.push(b'&');
                data.extend(piece);
            }
            None => self.data = Some(piece),
        }
        Ok(())
    }
}

/// The long name of what a line of a config begins with: `url`, `--url` or `-X`.
fn long(name: &str) -> String {
    let letter = name.strip_prefix('-').and_then(|rest| {
        let mut letters = rest.chars();
        letters.next().filter(|letter| *letter != '-' && letters.next().is_none())
    });
    let mut known = VALUED.iter().chain(PLAIN);
    match letter.and_then(|letter| known.find(|(_, known)| *known == letter)) {
        Some((name, _)) => (*name).to_owned(),
        None => name.trim_start_matches('-').to_owned(),
    }
}

fn unknown(call: &Call<'_>, option: &str) -> i32 {
    call.io.err(format!("curl: option {option}: is unknown"));
    call.io.err("curl: try 'curl --help' or 'curl --manual' for more information");
    2
}

fn wants_value(call: &Call<'_>, option: &str) -> i32 {
    call.io.err(format!("curl: option {option}: requires parameter"));
    2
}
