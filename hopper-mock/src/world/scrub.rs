//! What in a text differs between two worlds that are alike.

use std::net::Ipv4Addr;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// What stays the same.
    Text(&'a str),
    /// What was drawn: an id, an address, a time, a token; and what it is told as.
    Drawn(&'a str, &'a str),
}

impl<'a> Word<'a> {
    /// What is told of it.
    pub(super) fn told(&self) -> &'a str {
        match self {
            Self::Text(text) | Self::Drawn(_, text) => text,
        }
    }

    /// What it says.
    pub(super) fn whole(&self) -> &'a str {
        match self {
            Self::Text(text) | Self::Drawn(text, _) => text,
        }
    }
}

/// The pieces of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut at, mut told_to) = (0, 0);
    let mut tell = |from: usize, to: usize, told| {
        if told_to < from {
            words.push(Word::Text(&text[told_to..from]));
        }
        words.push(Word::Drawn(&text[from..to], told));
        told_to = to;
    };
    for piece in text.split_inclusive(|c| !is_joined(c)) {
        let chunk = piece.trim_end_matches(|c| !is_joined(c) || c == '.');
        if let Some(told) = drawn_chunk(chunk) {
            tell(at, at + chunk.len(), told);
        } else {
            let mut from = at;
            for word in chunk.split(['.', ':', '/']) {
                // A name may end in a token.
                let plain = word.rfind('-').filter(|at| is_token(&word[at + 1..]));
                let plain = plain.map_or(0, |at| at + 1);
                if let Some(told) = drawn_word(&word[plain..]) {
                    tell(from + plain, from + word.len(), told);
                }
                from += word.len() + 1;
            }
        }
        at += piece.len();
    }
    if told_to < text.len() {
        words.push(Word::Text(&text[told_to..]));
    }
    words
}

/// Whether this can stand in an address, a time or an ARN.
fn is_joined(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '/')
}

/// An address (`10.0.0.7`, `0a:c5:e0:3b:be:36`; a CIDR is none), a time (`2026-01-01T00:00:00Z`,
/// `00:02:03`), or a bootstrap token of Kubernetes.
fn drawn_chunk(chunk: &str) -> Option<&'static str> {
    let is_time = |text: &str| {
        let parts: Vec<&str> = text.trim_end_matches('Z').split(':').collect();
        let of_digits = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        matches!(parts.as_slice(), [h, m, s] if of_digits(h) && of_digits(m)
            && s.get(..2).is_some_and(|s| of_digits(&s)))
    };
    let mac = || chunk.split(':').filter(|part| part.len() == 2 && is_hex(part)).count() == 6;
    let time = || is_time(chunk.split_once('T').map_or(chunk, |(_, time)| time));
    // With which a node joins a cluster.
    let is_part = |text: &str, n| {
        text.len() == n && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let is_bootstrap_token =
        || chunk.split_once('.').is_some_and(|(id, rest)| is_part(id, 6) && is_part(rest, 16));
    match () {
        () if is_bootstrap_token() => Some("[token]"),
        () if chunk.parse::<Ipv4Addr>().is_ok() || mac() => Some("[address]"),
        () if time() => Some("[time]"),
        () => None,
    }
}

/// An id with a prefix (`vpc-` and 17 digits), the name of a network load balancer's host (16), an unique id of IAM (`AROA` and 17 characters), a
/// UUID, a token, a SHA-256, a cipher of Systems Manager (`AQICAH`…), the end of an ARN, or a host name made
/// of an address.
fn drawn_word(word: &str) -> Option<&str> {
    if let Some((prefix, digits)) = word.rsplit_once('-')
        && (digits.len() == 17 || digits.len() == 16 && !is_token(prefix))
        && is_hex(digits)
    {
        return Some(prefix);
    }
    if word.len() == 21
        && word.starts_with('A')
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        return word.get(..4);
    }
    if word.strip_prefix("AQICAH").is_some_and(is_token) {
        return word.get(..6);
    }
    let parts: Vec<&str> = word.split('-').collect();
    if parts.iter().all(|part| is_hex(part)) {
        return match *parts {
            [a, b, c, d, e] if [a, b, c, d, e].map(str::len) == [8, 4, 4, 4, 12] => Some("[id]"),
            [token] if is_token(token) => Some("[token]"),
            [hash] if hash.len() == 64 => Some("[hash]"),
            // A load balancer's.
            [token, digits] if is_token(token) && matches!(digits.len(), 10 | 16) => Some("[host]"),
            [end] if end.len() == 16 => Some("[id]"),
            _ => None,
        };
    }
    match *parts {
        ["ip" | "ec2", ref numbers @ ..] if numbers.len() == 4 => {
            numbers.iter().all(|n| n.parse::<u8>().is_ok()).then_some("[host]")
        }
        _ => None,
    }
}

fn is_token(text: &str) -> bool {
    text.len() == 32 && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let words = words(text);
        assert_eq!(words.iter().map(Word::whole).collect::<String>(), text);
        words.iter().map(Word::told).collect()
    }

    #[test]
    fn what_was_drawn_is_not_told() {
        for (text, expected) in [
            ("vpc-068e23ce0f2d87229", "vpc"),
            ("Interface for NAT Gateway nat-032167a4d3857cdbc.", "Interface for NAT Gateway nat."),
            ("10.0.24.9", "[address]"),
            ("0a:c5:e0:3b:be:36", "[address]"),
            ("\nip-10-0-22-60 login: \n", "\n[host] login: \n"),
            ("At 2026-01-01T00:05:44.000Z a user", "At [time] a user"),
            ("User initiated (2026-01-01 00:02:03 GMT)", "User initiated (2026-01-01 [time] GMT)"),
            ("928fac6df98a0201f44d8a80be1fc7a6", "[token]"),
            ("nodes-928fac6df98a0201f44d8a80be1fc7a6", "nodes-[token]"),
            ("AROANKIRJE2YDC27YXY6M", "AROA"),
            ("api-5e466e6ccc0eb97d.elb.eu-west-1.amazonaws.com", "api.elb.eu-west-1.amazonaws.com"),
            (
                "join --token abcdef.0123456789abcdef 10.0.0.10:6443",
                "join --token [token] 10.0.0.10:6443",
            ),
            (
                "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:\
                 24bfcdf9-0098-4de7-ad27-9c48c9b23369:autoScalingGroupName/workers",
                "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:[id]:\
                 autoScalingGroupName/workers",
            ),
        ] {
            assert_eq!(told(text), expected);
        }
    }

    #[test]
    fn what_was_chosen_is() {
        for text in [
            "",
            "10.0.0.0/16",
            "{\"Version\":\"2012-10-17\",\"Action\":\"ec2:DescribeVpcs\"}",
            "arn:aws:iam::123456789012:role/K8sMaster",
            "eu-west-1a",
            "rIre7u5nf1dYSfr9j44GvKCX8BWU55y3WuZuB0KtmUU=",
        ] {
            assert_eq!(told(text), text);
        }
    }
}
