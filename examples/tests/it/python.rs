//! A Python with moto and boto3.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The version of moto that is installed; it brings boto3 along.
const VERSION: &str = "5.2.1";

/// The folder with its programs, if it can be had: without Python or network the test says so and
/// is skipped. In CI it must be there.
pub(crate) fn bin() -> Option<&'static Path> {
    static BIN: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BIN.get_or_init(installed) {
        Ok(bin) => Some(bin),
        Err(why) if env::var_os("CI").is_some() => panic!("moto cannot be had: {why}"),
        Err(why) => {
            eprintln!("skipped, for moto cannot be had: {why}");
            None
        }
    }
}

/// Installs it under cargo's target folder, once.
fn installed() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("moto-{VERSION}"));
    let (bin, complete) = (folder.join("bin"), folder.join("complete"));
    if complete.exists() {
        return Ok(bin);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let package = format!("moto[server]=={VERSION}");
    run(Command::new(bin.join("python")).args(["-m", "pip", "install", "--quiet", &package]))?;
    fs::write(complete, VERSION).map_err(|e| e.to_string())?;
    Ok(bin)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
