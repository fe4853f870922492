//! `cat`, `tee`, `head`, `tail`, `wc`.

use std::time::Duration;

use super::Call;

/// How often `tail -f` looks, unless it is told.
const LOOK: Duration = Duration::from_secs(1);

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

/// `tail -f --pid`: what is added to a file until a process has ended.
async fn follow(call: &mut Call<'_>, file: &str, mut from: usize) -> i32 {
    let seconds = call.value('s', "sleep-interval").and_then(|seconds| seconds.parse().ok());
    let pid = call.value('\0', "pid").and_then(|pid| pid.parse().ok()).unwrap_or(0_u32);
    let guest = call.shell.guest.clone();
    loop {
        let is_over = !guest.running(|running| running.processes.contains_key(&pid));
        let Some(data) = call.read(file).await else { return 1 };
        let new = data.get(from..).unwrap_or_default();
        from += new.len();
        if call.io.stdout.write(new).is_err() || is_over || !guest.is_alive() {
            return 0;
        }
        guest.mock.sleep(seconds.map_or(LOOK, Duration::from_secs_f64)).await;
    }
}

pub(super) async fn head_or_tail(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("nc");
    let bytes = call.value('c', "bytes");
    let from = bytes.as_deref().and_then(|n| n.strip_prefix('+')?.parse::<usize>().ok());
    if let ("tail", Some(from)) = (call.name, from) {
        let from = from.saturating_sub(1);
        if call.has('f', "follow") {
            let operands = call.operands_but("ncs");
            let file = operands.first().cloned().unwrap_or_default();
            return follow(call, &file, from).await;
        }
        let (data, status) = call.read_each(&operands).await;
        call.io.out(data.get(from..).unwrap_or_default());
        return status;
    }
    let (data, status) = call.read_each(&operands).await;
    if let Some(n) = bytes.and_then(|n| n.parse::<usize>().ok()) {
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
