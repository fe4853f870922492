//! `chmod` and `chown`.

use super::Call;
use crate::host::disk::DiskError;

pub(super) fn chmod(call: &mut Call<'_>) -> i32 {
    let operands: Vec<_> =
        call.arguments.iter().filter(|word| !matches!(word.as_str(), "-R" | "-v" | "--")).collect();
    let Some((mode, files)) = operands.split_first() else {
        return call.fail("missing operand", 1);
    };
    each(call, files, |old, _| Some((apply(mode, old)?, None)))
}

pub(super) fn chown(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let Some((owner, files)) = operands.split_first() else {
        return call.fail("missing operand", 1);
    };
    if call.shell.user != "root" {
        return call.fail(
            format!("changing ownership of '{}': Operation not permitted", files.join(" ")),
            1,
        );
    }
    let name = owner.split([':', '.']).next().unwrap_or_default();
    let name = match name {
        "0" => "root",
        "1000" => "ubuntu",
        name => name,
    };
    let name = (!name.is_empty()).then(|| name.to_owned());
    each(call, &files.iter().collect::<Vec<_>>(), |old, _| Some((old, name.clone())))
}

/// The permissions after a change such as `755`, `+x` or `go-rwx`.
pub(super) fn apply(change: &str, old: u32) -> Option<u32> {
    if let Ok(mode) = u32::from_str_radix(change, 8) {
        return Some(mode);
    }
    let mut mode = old;
    for clause in change.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(at);
        let (operator, letters) = rest.split_at(1);
        let bits = letters.chars().try_fold(0, |bits, letter| {
            Some(
                bits | match letter {
                    'r' => 4,
                    'w' => 2,
                    'x' | 'X' => 1,
                    _ => return None,
                },
            )
        })?;
        let who = if who.is_empty() || who == "a" { "ugo" } else { who };
        for class in who.chars() {
            let shift = match class {
                'u' => 6,
                'g' => 3,
                'o' => 0,
                _ => return None,
            };
            match operator {
                "+" => mode |= bits << shift,
                "-" => mode &= !(bits << shift),
                _ => mode = (mode & !(7 << shift)) | bits << shift,
            }
        }
    }
    Some(mode)
}

/// Changes permissions and owners of files, and with `-R` of all below them.
fn each(
    call: &Call<'_>,
    files: &[&String],
    change: impl Fn(u32, &str) -> Option<(u32, Option<String>)>,
) -> i32 {
    let mut status = 0;
    for file in files {
        let path = call.shell.path(file);
        let user = &call.shell.user;
        let changed = call.shell.guest.disk(|disk| {
            let mut paths = vec![path.clone()];
            if call.has('R', "recursive") {
                paths.extend(disk.below(&path).into_iter().map(|(path, _)| path));
            }
            for path in paths {
                let node = disk.get_mut(&path).ok_or(DiskError::Missing)?;
                if user != "root" && *user != node.owner {
                    return Err(DiskError::Denied);
                }
                let Some((mode, owner)) = change(node.mode, &path) else { return Ok(false) };
                node.mode = mode;
                if let Some(owner) = owner {
                    node.owner = owner;
                }
            }
            Ok(true)
        });
        match changed {
            Ok(true) => {}
            Ok(false) => status = call.fail("invalid mode", 1),
            Err(error) => status = call.fail(format!("cannot access '{file}': {error}"), 1),
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_numbers_or_letters() {
        assert_eq!(apply("0600", 0o755), Some(0o600));
        assert_eq!(apply("+x", 0o644), Some(0o755));
        assert_eq!(apply("go-rwx,u=rw", 0o755), Some(0o600));
        assert_eq!(apply("hello", 0o755), None);
    }
}
