//! Tokens that let nodes join, kept where the cluster keeps its state.

use std::time::Duration;

use super::super::Call;
use super::{ADMIN, API_PORT, CA, hash};
use crate::host::Guest;
use crate::host::kubernetes::{self, Cluster};

/// How long a token lasts unless it is told (kubeadm's default).
const LASTS: Duration = Duration::from_secs(24 * 3600);

/// Whether a token is written as kubeadm wants it: `[a-z0-9]{6}.[a-z0-9]{16}`.
pub(super) fn is_well_formed(token: &str) -> bool {
    let is_part = |part: &str, n| {
        part.len() == n
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    token.split_once('.').is_some_and(|(id, secret)| is_part(id, 6) && is_part(secret, 16))
}

/// Keeps a token for as long as it lasts; `0` is for ever.
pub(super) fn keep(guest: &Guest, token: &str, ttl: Option<&str>) {
    let lasts = ttl.and_then(duration).unwrap_or(LASTS);
    let now = guest.mock.now();
    let end = (!lasts.is_zero()).then(|| now + lasts);
    with_cluster(guest, |cluster| kubernetes::keep_token(cluster, token, end, now));
}

/// Looks at the cluster of a host, or changes it, if there is one.
fn with_cluster<R: Default>(guest: &Guest, work: impl FnOnce(&mut Cluster) -> R) -> R {
    guest.mock.change_hosts(|world| match world.hosts().cluster_mut(&guest.id) {
        Some(cluster) => work(cluster),
        None => R::default(),
    })
}

/// `kubeadm token delete`: by ids or as a whole.
pub(super) fn delete(call: &mut Call<'_>) -> i32 {
    let guest = call.shell.guest.clone();
    for token in call.operands().iter().skip(2) {
        let id = token.split('.').next().unwrap_or_default();
        if !with_cluster(&guest, |cluster| kubernetes::forget_token(cluster, token)) {
            call.io.err(format!("failed to delete bootstrap token \"{id}\""));
            return 1;
        }
        call.io.out(format!("bootstrap token \"{id}\" deleted\n"));
    }
    0
}

/// `kubeadm token list`.
pub(super) fn list(call: &mut Call<'_>) -> i32 {
    call.io.out("TOKEN                     EXPIRES                USAGES\n");
    for token in with_cluster(&call.shell.guest, |cluster| kubernetes::tokens(cluster)) {
        let end = token.expiration.unwrap_or_else(|| "<never>".to_owned());
        call.io.out(format!("{}   {end}   authentication,signing\n", token.text));
    }
    0
}

/// A duration as Go writes it: `24h0m0s`, `30m`, `0`.
fn duration(text: &str) -> Option<Duration> {
    let (mut seconds, mut number) = (0, String::new());
    for letter in text.chars() {
        let factor = match letter {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            digit if digit.is_ascii_digit() => {
                number.push(digit);
                continue;
            }
            _ => return None,
        };
        seconds += std::mem::take(&mut number).parse::<u64>().ok()? * factor;
    }
    (number.is_empty() || number == "0").then(|| Duration::from_secs(seconds))
}

/// A token of this cluster that nobody has been told yet.
pub(super) fn new(guest: &Guest) -> String {
    let n = with_cluster(guest, |cluster| kubernetes::tokens(cluster).len());
    let digits = hash::of(&format!("token {n} of {}", guest.id));
    let digits = digits.trim_start_matches("sha256:");
    format!("{}.{}", &digits[..6], &digits[6..22])
}

pub(super) fn create(call: &mut Call<'_>) -> i32 {
    let guest = call.shell.guest.clone();
    let config = guest.disk(|disk| disk.text(ADMIN));
    if config.is_empty() || call.shell.user != "root" {
        call.io.err("failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory");
        return 1;
    }
    if !guest.running(|running| running.ports.contains_key(&API_PORT)) {
        call.io.err("error: the API server does not answer: connect: connection refused");
        return 1;
    }
    let ttl = call.value('\0', "ttl");
    let operands = call.operands();
    let given = operands.iter().find(|operand| operand.contains('.')).cloned();
    let token = given.unwrap_or_else(|| new(&guest));
    if !is_well_formed(&token) {
        call.io.err(format!("the bootstrap token \"{token}\" was not of the form \"\\\\A([a-z0-9]{{6}})\\\\.([a-z0-9]{{16}})\\\\z\""));
        return 1;
    }
    keep(&guest, &token, ttl.as_deref());
    if !call.has('\0', "print-join-command") {
        call.io.out(format!("{token}\n"));
        return 0;
    }
    let server = config.lines().find_map(|line| line.trim().strip_prefix("server: https://"));
    let (server, hash) = (server.unwrap_or_default(), hash::of(&guest.disk(|disk| disk.text(CA))));
    call.io.out(format!(
        "kubeadm join {server} --token {token} --discovery-token-ca-cert-hash {hash} \n"
    ));
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(duration("2h0m0s"), Some(Duration::from_secs(7200)));
        assert_eq!(duration("0"), Some(Duration::ZERO));
        assert_eq!(duration("x"), None);
        assert!(is_well_formed("abcdef.0123456789abcdef"));
        assert!(!is_well_formed("abcdef.0123"));
    }
}
