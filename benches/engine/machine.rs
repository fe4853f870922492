//! What the measurements were made on.

use crate::measure::median;
use std::{
    fs, io,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A folder for journals on the disk the build is on; a temporary file system may have no disk
/// below it.
pub(crate) fn folder() -> io::Result<TempDir> {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))
}

/// What an fdatasync costs at the moment, after an append of 512 bytes: the median of many.
pub(crate) fn fdatasync(n: usize) -> io::Result<Duration> {
    let folder = folder()?;
    let mut file = fs::File::create(folder.path().join("probe"))?;
    let mut times = Vec::new();
    for _ in 0..n {
        file.write_all(&[b'x'; 512])?;
        let began = Instant::now();
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(median(times).unwrap_or_default())
}

/// The processor and how many of it, as far as the system tells.
pub(crate) fn processor() -> String {
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    let model = field(Path::new("/proc/cpuinfo"), "model name").unwrap_or_default();
    format!("{n} x {}", if model.is_empty() { std::env::consts::ARCH } else { &model })
}

/// The most memory this process ever had, in KiB (`VmHWM` of
/// [proc(5)](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html)).
pub(crate) fn peak_kib() -> Option<u64> {
    let value = field(Path::new("/proc/self/status"), "VmHWM")?;
    value.split_whitespace().next()?.parse().ok()
}

fn field(file: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}
