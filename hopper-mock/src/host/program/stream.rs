//! `cat`, `tee`, `head`, `tail`, `wc`.

use super::Call;

pub(super) async fn cat(call: &mut Call<'_>) -> i32 {
    let (data, status) = call.read_each(&call.operands()).await;
    if let Err(error) = call.io.stdout.write(&data) {
        return call.fail(format!("write error: {error}"), 1);
    }
    status
}

pub(super) async fn tee(call: &mut Call<'_>) -> i32 {
    let data = call.io.stdin.read_all().await;
    call.io.out(&data);
    let (mut status, is_append) = (0, call.has('a', "append"));
    for operand in call.operands() {
        let path = call.shell.path(&operand);
        if path == "/dev/null" {
            continue;
        }
        if let Err(error) = call.shell.write(&path, &data, is_append) {
            status = call.fail(format!("{operand}: {error}"), 1);
        }
    }
    status
}

pub(super) async fn head_or_tail(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("nc");
    let (data, status) = call.read_each(&operands).await;
    if let Some(n) = call.value('c', "bytes").and_then(|n| n.parse::<usize>().ok()) {
        let n = n.min(data.len());
        call.io.out(if call.name == "head" { &data[..n] } else { &data[data.len() - n..] });
        return status;
    }
    let digits =
        call.arguments.iter().find_map(|argument| argument.strip_prefix('-')?.parse().ok());
    let asked = call.value('n', "lines");
    let lines: Vec<_> = data.split_inclusive(|byte| *byte == b'\n').collect();
    let from =
        asked.as_deref().and_then(|n| n.strip_prefix('+')).and_then(|n| n.parse::<usize>().ok());
    let n = asked.and_then(|n| n.parse::<usize>().ok()).or(digits).unwrap_or(10).min(lines.len());
    let shown = match (call.name, from) {
        ("tail", Some(from)) => &lines[from.saturating_sub(1).min(lines.len())..],
        ("tail", None) => &lines[lines.len() - n..],
        _ => &lines[..n],
    };
    call.io.out(shown.concat());
    status
}

pub(super) async fn wc(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let (data, status) = call.read_each(&operands).await;
    let lines = data.iter().filter(|byte| **byte == b'\n').count();
    let words = String::from_utf8_lossy(&data).split_whitespace().count();
    let is_all = !call.has('l', "lines") && !call.has('w', "words") && !call.has('c', "bytes");
    let mut shown = Vec::new();
    for (is_asked, n) in [
        (call.has('l', "lines"), lines),
        (call.has('w', "words"), words),
        (call.has('c', "bytes"), data.len()),
    ] {
        if is_asked || is_all {
            shown.push(n.to_string());
        }
    }
    shown.extend(operands);
    call.io.out(format!("{}\n", shown.join(" ")));
    status
}
