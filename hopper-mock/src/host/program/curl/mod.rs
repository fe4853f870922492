//! `curl`: downloads, the metadata service, and signed calls of AWS.
//!
//! Source: curl(1) of curl 8.5, which Ubuntu 24.04 has.

mod aws;
mod config;
mod failure;
mod options;
mod transfer;
mod url;

use std::time::Duration;

use super::Call;
use crate::host::path;
use failure::Failure;
use options::Options;
use transfer::Answer;
use url::Url;

pub(super) async fn curl(call: &mut Call<'_>) -> i32 {
    let mut options = match Options::read(call).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    if options.urls.is_empty() {
        call.io.err("curl: (2) no URL specified");
        return 2;
    }
    let mut status = 0;
    for url in std::mem::take(&mut options.urls) {
        let url = match (options.is_data_in_query, &options.data) {
            (true, Some(data)) => {
                let joint = if url.contains('?') { '&' } else { '?' };
                format!("{url}{joint}{}", String::from_utf8_lossy(data))
            }
            _ => url,
        };
        status = one(call, &options, &url).await;
    }
    status
}

/// Gets one address and puts what came where it belongs.
async fn one(call: &Call<'_>, options: &Options, address: &str) -> i32 {
    let result = match Url::read(address) {
        Ok(url) => tried(call, options, &url).await,
        Err(failure) => Err(failure),
    };
    let (answer, mut failure) = match result {
        Ok(answer) => (Some(answer), None),
        Err(failure) => (None, Some(failure)),
    };
    let code = match (&answer, &failure) {
        (Some(answer), _) => answer.status,
        (None, Some(Failure::Status(status))) => *status,
        _ => 0,
    };
    let mut status = 0;
    let size = answer.as_ref().map_or(0, |answer| answer.body.len());
    if let Some(answer) = answer {
        if options.fails_with_body && answer.status >= 400 {
            failure = Some(Failure::Status(answer.status));
        }
        status = put(call, options, address, &answer.body);
    }
    if let Some(failure) = failure {
        status = failure.status();
        if !options.is_silent || options.shows_errors {
            call.io.err(format!("curl: ({status}) {failure}"));
        }
    }
    if let Some(format) = &options.write_out {
        let shown = crate::host::shell::unescaped(format)
            .replace("%{http_code}", &format!("{code:03}"))
            .replace("%{response_code}", &format!("{code:03}"))
            .replace("%{exitcode}", &status.to_string())
            .replace("%{size_download}", &size.to_string())
            .replace("%{url_effective}", address);
        call.io.out(shown);
    }
    status
}

/// Tries as often as it is told to.
async fn tried(call: &Call<'_>, options: &Options, url: &Url) -> Result<Answer, Failure> {
    /// The longest pause between tries.
    const LONGEST: Duration = Duration::from_secs(600);
    let mock = &call.shell.guest.mock;
    let began = mock.now();
    let (mut left, mut pause) = (options.retries, Duration::from_secs(1));
    loop {
        let result = transfer::once(call, options, url).await;
        let result = match result {
            Ok(answer) if options.fails && answer.status >= 400 => {
                Err(Failure::Status(answer.status))
            }
            other => other,
        };
        let is_transient = match &result {
            Ok(answer) => failure::is_transient(answer.status),
            Err(Failure::Refused(..)) => options.retries_refused || options.retries_all,
            Err(failure) => failure.is_transient() || options.retries_all,
        };
        let delay = options.retry_delay.and_then(transfer::seconds).unwrap_or(pause);
        let limit = options.retry_max_time.and_then(transfer::seconds);
        let is_late = limit.is_some_and(|limit| mock.now().since(began) + delay > limit);
        if !is_transient || left == 0 || is_late {
            return result;
        }
        if !options.is_silent {
            let what = match &result {
                Err(Failure::Connect(..) | Failure::Slow(_)) => "timeout",
                Err(Failure::Refused(..)) => "connection refused",
                Err(Failure::Status(_)) | Ok(_) => "HTTP error",
                Err(_) => "(retrying all errors)",
            };
            let delay = delay.as_secs();
            call.io.err(format!(
                "Warning: Problem: {what}. Will retry in {delay} seconds. {left} retries left."
            ));
        }
        mock.sleep(delay).await;
        left -= 1;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Writes to the file that is named, or prints.
fn put(call: &Call<'_>, options: &Options, address: &str, data: &[u8]) -> i32 {
    let output = match options.is_named_by_url {
        true => Some(path::name(address.split('?').next().unwrap_or_default()).to_owned()),
        false => options.output.clone(),
    };
    let Some(output) = output.filter(|output| output != "-") else {
        call.io.out(data);
        return 0;
    };
    let path = call.shell.path(&output);
    if path == "/dev/null" {
        return 0;
    }
    if options.makes_directories {
        let user = &call.shell.user;
        call.shell.guest.disk(|disk| disk.make_directories(user, path::parent(&path))).ok();
    }
    match call.shell.write(&path, data, false) {
        Ok(()) => 0,
        Err(error) => {
            if !options.is_silent || options.shows_errors {
                call.io
                    .err(format!("curl: (23) client returned ERROR on write, {output}: {error}"));
            }
            23
        }
    }
}
