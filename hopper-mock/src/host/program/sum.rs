//! `sha256sum` and `base64`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use super::Call;

pub(super) async fn sha256sum(call: &mut Call<'_>) -> i32 {
    let mut operands = call.operands();
    if operands.is_empty() {
        operands.push("-".to_owned());
    }
    let mut status = 0;
    if !call.has('c', "check") {
        for operand in operands {
            match call.read(&operand).await {
                Some(data) => call.io.out(format!("{}  {operand}\n", sum(&data))),
                None => status = 1,
            }
        }
        return status;
    }
    let is_quiet = call.has('\0', "status");
    let (list, mut failures) = (call.read_text(&operands).await.0, 0);
    let mut n_lines = 0;
    for line in list.lines() {
        let Some((expected, file)) = line.split_once(' ') else { continue };
        let file = file.trim_start_matches([' ', '*']);
        n_lines += 1;
        let data = call.read(file).await;
        let is_right = data.is_some_and(|data| sum(&data) == expected);
        let is_told = !is_right || !call.has('\0', "quiet");
        if is_told && !is_quiet {
            call.io.out(format!("{file}: {}\n", if is_right { "OK" } else { "FAILED" }));
        }
        failures += i32::from(!is_right);
    }
    if n_lines == 0 {
        return call.fail("no properly formatted checksum lines found", 1);
    }
    if failures > 0 {
        let verb = if failures == 1 { "checksum did" } else { "checksums did" };
        if !is_quiet {
            call.fail(format!("WARNING: {failures} computed {verb} NOT match"), 1);
        }
        return 1;
    }
    0
}

fn sum(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn base64(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("w");
    let (data, status) = call.read_each(&operands).await;
    if call.has('d', "decode") {
        let packed: Vec<u8> = data.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return match BASE64_STANDARD.decode(packed) {
            Ok(plain) => {
                call.io.out(plain);
                status
            }
            Err(_) => call.fail("invalid input", 1),
        };
    }
    let width = call.value('w', "wrap").and_then(|width| width.parse().ok()).unwrap_or(76);
    let text = BASE64_STANDARD.encode(data);
    if width == 0 {
        call.io.out(text);
        return status;
    }
    for line in text.as_bytes().chunks(width) {
        call.io.out(line);
        call.io.out("\n");
    }
    status
}
