//! The hash of a certificate authority's key, by which nodes know it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

/// `sha256:` and the hash of the public key in a certificate, as `--discovery-token-ca-cert-hash`
/// has it. What is no certificate, such as the simulator's own, is hashed as a whole.
pub(super) fn of(pem: &str) -> String {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(body.trim()).unwrap_or_else(|_| pem.as_bytes().to_vec());
    let digest = Sha256::digest(public_key(&der).unwrap_or(&der));
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// The subject's public key of a certificate (RFC 5280, section 4.1): the seventh part of what is
/// signed, where the version is given.
fn public_key(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _, _) = element(der)?;
    let (mut rest, _, _) = element(certificate)?;
    let mut n = 0;
    loop {
        let (_, whole, after) = element(rest)?;
        // Without an explicit version the first part is the serial number.
        n += if n == 0 && whole.first() != Some(&0xa0) { 2 } else { 1 };
        if n == 7 {
            return Some(whole);
        }
        rest = after;
    }
}

/// The first element of some DER: what is in it, the whole of it, and what follows.
fn element(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let first = usize::from(*der.get(1)?);
    let (header, length) = if first < 0x80 {
        (2, first)
    } else {
        let n = first & 0x7f;
        let digits = der.get(2..2 + n).filter(|_| n <= 4)?;
        (2 + n, digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
    };
    let end = header.checked_add(length)?;
    Some((der.get(header..end)?, der.get(..end)?, der.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with `openssl req -x509 -newkey ed25519 -nodes -subj /CN=kubernetes`; the hash is that
    // of `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum`.
    const CERTIFICATE: &str = include_str!("testdata/ca.crt");
    const HASH: &str = include_str!("testdata/ca.sha256");

    #[test]
    fn the_hash_is_that_of_the_public_key() {
        assert_eq!(of(CERTIFICATE), format!("sha256:{}", HASH.trim()));
    }

    #[test]
    fn every_authority_has_its_own() {
        let of_host = |id| of(&crate::host::kubernetes::authority(id).unwrap().0);
        assert_ne!(of_host("i-1"), of_host("i-2"));
        assert_eq!(of_host("i-1"), of_host("i-1"));
        assert_eq!(public_key(b"not DER"), None);
    }
}
