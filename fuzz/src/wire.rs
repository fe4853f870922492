//! The simulator's reader of requests: whatever comes over the wire is answered or refused, in
//! the protocol of the service, and what was refused has changed nothing.
//!
//! An input is a few requests, one to a line, to one and the same world: a form as it is posted,
//! or, with `Service.Operation` and a space before it, JSON.

#![no_main]

use hopper_mock::{HttpParts, Mock};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mock = Mock::builder().seed(1).build();
    let before = mock.world();
    let mut is_all_refused = true;
    for line in bytes.split(|b| *b == b'\n').take(8) {
        // An RSA key takes a second to make, and is no matter of reading.
        if contains(line, b"CreateKeyPair") && !contains(line, b"&KeyType=ed25519") {
            continue;
        }
        let space = line.iter().position(|b| *b == b' ');
        let target = space.and_then(|at| std::str::from_utf8(&line[..at]).ok());
        let body = space.map_or(line, |at| &line[at + 1..]);
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request";
        let target = target.map(|target| ("x-amz-target", target));
        let headers: Vec<_> =
            [("authorization", authorization)].into_iter().chain(target).collect();
        let headers = &headers;
        let reply = mock.call_http(&HttpParts { headers, body, ..HttpParts::default() });
        assert!((200..600).contains(&reply.status), "{reply:?}");
        assert!(reply.body.starts_with(['<', '{']) || reply.body.is_empty(), "{reply:?}");
        is_all_refused &= reply.code().is_some();
    }
    let _ = mock.calls().to_string();
    if is_all_refused {
        let changed = mock.world().diff(&before);
        assert!(changed.is_empty(), "{} and yet {changed:?}", mock.calls());
    }
});

fn contains(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|part| part == word)
}
