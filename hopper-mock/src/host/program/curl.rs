//! `curl`, with the metadata service, and `tar`.

use super::{Call, internet};
use crate::ec2::{Instance, public_ip_of_instance};
use crate::host::dial::SYN_TIMEOUT;
use crate::host::path;
use crate::world::World;

const METADATA: &str = "http://169.254.169.254/latest/";

pub(super) async fn curl(call: &mut Call<'_>) -> i32 {
    let mut rest = call.arguments.iter();
    let (mut urls, mut headers, mut output) = (Vec::new(), Vec::new(), None);
    let (mut method, mut is_failing, mut is_named) = ("GET".to_owned(), false, false);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-o" | "--output" => output = rest.next().cloned(),
            "-H" | "--header" => headers.extend(rest.next().cloned()),
            "-X" | "--request" => method = rest.next().cloned().unwrap_or_default(),
            "--retry" | "--retry-delay" | "--connect-timeout" | "-m" | "--max-time" | "-u"
            | "--user" | "-d" | "--data" | "--proto" | "--retry-max-time" | "--aws-sigv4" => {
                rest.next();
            }
            "--fail" => is_failing = true,
            "--remote-name" => is_named = true,
            flag if flag.starts_with("--") => {}
            flags if flags.starts_with('-') => {
                is_failing |= flags.contains('f');
                is_named |= flags.contains('O');
                if flags.ends_with('o') {
                    output = rest.next().cloned();
                } else if flags.ends_with('X') {
                    method = rest.next().cloned().unwrap_or_default();
                } else if flags.ends_with('H') {
                    headers.extend(rest.next().cloned());
                }
            }
            url => urls.push(url.to_owned()),
        }
    }
    let Some(url) = urls.first() else {
        return call.fail("try 'curl --help' for more information", 2);
    };
    let reply = match metadata_path(url) {
        Some(path) => metadata(call, &path, &method, &headers),
        None => {
            if !internet::is_reached(call, url) {
                call.shell.guest.mock.sleep(SYN_TIMEOUT).await;
                let host = url.split('/').nth(2).unwrap_or(url);
                let port = if url.starts_with("http:") { 80 } else { 443 };
                let why = format!("Failed to connect to {host} port {port} after 127000 ms");
                call.io.err(format!("curl: (28) {why}: Connection timed out"));
                return 28;
            }
            let time = call.shell.guest.latency(|latencies| latencies.downloaded);
            call.shell.guest.mock.sleep(time).await;
            internet::at(call, url).ok_or(404)
        }
    };
    let data = match reply {
        Ok(data) => data,
        Err(status) if is_failing => {
            call.io.err(format!("curl: (22) The requested URL returned error: {status}"));
            return 22;
        }
        Err(status) => format!("<html>{status}</html>\n").into_bytes(),
    };
    if is_named {
        output = Some(path::name(url).to_owned());
    }
    let Some(output) = output.filter(|output| output != "-") else {
        call.io.out(data);
        return 0;
    };
    let (path, user) = (call.shell.path(&output), &call.shell.user);
    if path == "/dev/null" {
        return 0;
    }
    match call.shell.guest.disk(|disk| disk.write(user, &path, &data, false)) {
        Ok(()) => 0,
        Err(error) => {
            call.io.err(format!("curl: (23) {output}: {error}"));
            23
        }
    }
}

fn metadata_path(url: &str) -> Option<String> {
    let bare = url.strip_prefix("http://").unwrap_or(url);
    let path = format!("http://{bare}").strip_prefix(METADATA)?.to_owned();
    Some(path)
}

/// The metadata service, version 1 and 2, as the instance's options allow.
///
/// Source: "Use the Instance Metadata Service" in the EC2 user guide.
fn metadata(call: &Call<'_>, path: &str, method: &str, headers: &[String]) -> Result<Vec<u8>, u16> {
    let token = format!("AQAEA{}==", call.shell.guest.id);
    let header = |name: &str| {
        headers.iter().find_map(|header| {
            let (found, value) = header.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    if path == "api/token" {
        let has_ttl = header("X-aws-ec2-metadata-token-ttl-seconds").is_some();
        return match method {
            "PUT" if has_ttl => Ok(token.into_bytes()),
            "PUT" => Err(400),
            _ => Err(405),
        };
    }
    let shown = header("X-aws-ec2-metadata-token");
    call.shell
        .guest
        .instance(|world, instance| {
            let options = &instance.metadata_options;
            if options.http_endpoint != "enabled" {
                return Some(Err(403));
            }
            let needs_token = options.http_tokens == "required";
            if shown.as_ref().is_some_and(|shown| *shown != token)
                || (needs_token && shown.is_none())
            {
                return Some(Err(401));
            }
            value(world, instance, path).map(Ok)
        })
        .unwrap_or(Err(404))
}

fn value(world: &World, instance: &Instance, path: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    if path == "user-data" {
        return base64::prelude::BASE64_STANDARD.decode(instance.user_data.as_ref()?).ok();
    }
    let zone = &instance.availability_zone;
    let text = match path.strip_prefix("meta-data/")? {
        "instance-id" => instance.id.clone(),
        "instance-type" => instance.instance_type.clone(),
        "ami-id" => instance.image_id.clone(),
        "hostname" | "local-hostname" => instance.private_dns_name(world)?,
        "local-ipv4" => instance.private_ip(world)?.to_string(),
        "public-ipv4" => public_ip_of_instance(world, &instance.id)?.to_string(),
        "placement/availability-zone" => zone.clone(),
        "placement/region" => world.region.clone(),
        "iam/security-credentials/" | "iam/security-credentials" => {
            instance.iam_instance_profile.as_ref()?.arn.rsplit('/').next()?.to_owned()
        }
        _ => return None,
    };
    Some(text.into_bytes())
}

/// Unpacks archives, and lists what is in them.
pub(super) async fn tar(call: &mut Call<'_>) -> i32 {
    let (mut file, mut directory, mut only) = (None, call.shell.directory.clone(), Vec::new());
    let (mut n_stripped, mut is_listing) = (0, false);
    let mut rest = call.arguments.iter();
    let mut is_first = true;
    while let Some(argument) = rest.next() {
        let flags = argument.strip_prefix('-').or(is_first.then_some(argument.as_str()));
        is_first = false;
        match (argument.as_str(), flags) {
            ("-C" | "--directory", _) => {
                directory = call.shell.path(rest.next().map_or("/", String::as_str));
            }
            (long, _) if long.starts_with("--strip-components") => {
                let value = long.split_once('=').map(|(_, n)| n.to_owned());
                let value = value.or_else(|| rest.next().cloned());
                n_stripped = value.and_then(|n| n.parse().ok()).unwrap_or(0);
            }
            (long, _) if long.starts_with("--") => {}
            (_, Some(flags)) => {
                is_listing |= flags.contains('t');
                if flags.contains('f') {
                    file = rest.next().cloned();
                }
                if flags.contains('C') {
                    directory = call.shell.path(rest.next().map_or("/", String::as_str));
                }
            }
            (member, None) => only.push(member.to_owned()),
        }
    }
    let Some(data) = call.read(file.as_deref().unwrap_or("-")).await else { return 2 };
    let Some(members) = internet::members(&data) else {
        call.io.err("gzip: stdin: not in gzip format");
        return call.fail("Child returned status 1", 2);
    };
    if !call.shell.guest.disk(|disk| disk.is_directory(&directory)) {
        return call.fail(format!("{directory}: Cannot open: No such file or directory"), 2);
    }
    for member in members.iter().filter(|member| only.is_empty() || only.contains(member)) {
        if is_listing {
            call.io.out(format!("{member}\n"));
            continue;
        }
        let parts: Vec<_> = member.split('/').skip(n_stripped).collect();
        let (to, user) = (path::join(&directory, &parts.join("/")), &call.shell.user);
        let written = call.shell.guest.disk(|disk| {
            disk.make_directories(user, path::parent(&to))?;
            disk.write(user, &to, format!("ELF {member}").as_bytes(), false)?;
            if let Some(node) = disk.get_mut(&to) {
                node.mode = 0o755;
            }
            Ok::<_, crate::host::disk::DiskError>(())
        });
        if let Err(error) = written {
            return call.fail(format!("{member}: Cannot open: {error}"), 2);
        }
    }
    0
}
