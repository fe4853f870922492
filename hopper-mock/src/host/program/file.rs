//! Making, copying, moving and removing files.

use super::{Call, permission};
use crate::host::disk::{Disk, DiskError, Node, What};
use crate::host::path;

/// Changes the disk for one operand, and says what went wrong.
fn change<E: std::fmt::Display>(
    call: &Call<'_>,
    what: &str,
    work: impl FnOnce(&mut Disk, &str) -> Result<(), E>,
) -> i32 {
    match call.shell.guest.disk(|disk| work(disk, &call.shell.user)) {
        Ok(()) => 0,
        Err(error) => call.fail(format!("{what}: {error}"), 1),
    }
}

pub(super) fn mkdir(call: &mut Call<'_>) -> i32 {
    let (is_deep, mode) = (call.has('p', "parents"), call.value('m', "mode"));
    let mut status = 0;
    for operand in call.operands_but("m") {
        let path = call.shell.path(&operand);
        status |= change(call, &format!("cannot create directory '{operand}'"), |disk, user| {
            let is_new = disk.get(&path).is_none();
            if is_deep {
                disk.make_directories(user, &path)?;
            } else {
                disk.make_directory(user, &path)?;
            }
            if let Some(node) = disk.get_mut(&path).filter(|_| is_new) {
                node.mode = 0o777 & !call.shell.umask;
            }
            if let (Some(mode), Some(node)) = (&mode, disk.get_mut(&path)) {
                node.mode = permission::apply(mode, node.mode).unwrap_or(node.mode);
            }
            Ok::<_, DiskError>(())
        });
    }
    status
}

pub(super) fn rm(call: &mut Call<'_>) -> i32 {
    let (is_forced, is_deep) =
        (call.has('f', "force"), call.has('r', "recursive") || call.has('R', ""));
    let mut status = 0;
    for operand in call.operands() {
        let path = call.shell.path(&operand);
        status |= change(call, &format!("cannot remove '{operand}'"), |disk, user| {
            let node = disk.get_link(&path);
            match node.map(|node| &node.what) {
                None if is_forced => Ok(()),
                Some(What::Directory) if !is_deep => Err(DiskError::IsDirectory),
                _ => disk.remove(user, &path),
            }
        });
    }
    status
}

/// Where something goes: into a directory under its own name, or to the name given.
fn target(disk: &Disk, source: &str, to: &str) -> String {
    if disk.is_directory(to) { path::join(to, path::name(source)) } else { to.to_owned() }
}

fn copy(disk: &mut Disk, user: &str, from: &str, to: &str, is_deep: bool) -> Result<(), DiskError> {
    let node = disk.get(from).cloned().ok_or(DiskError::Missing)?;
    match &node.what {
        What::File(_) => {
            let data = disk.read(user, from)?.to_vec();
            disk.write(user, to, &data, false)?;
            if let Some(copied) = disk.get_mut(to) {
                copied.mode = node.mode;
            }
        }
        What::Directory if is_deep => {
            let below = disk.below(from);
            let top = disk.resolve(from);
            disk.make_directories(user, to)?;
            for (path, inner) in below {
                let rest = path.strip_prefix(&top).unwrap_or_default();
                let inner = Node { owner: user.to_owned(), ..inner };
                disk.insert(user, &format!("{to}{rest}"), inner)?;
            }
        }
        What::Directory => return Err(DiskError::IsDirectory),
        What::Link(_) => return Err(DiskError::Missing),
    }
    Ok(())
}

pub(super) fn cp(call: &mut Call<'_>) -> i32 {
    let is_deep = ['r', 'R', 'a'].iter().any(|letter| call.has(*letter, "recursive"));
    each_source(call, "copy", |disk, user, from, to| copy(disk, user, from, to, is_deep))
}

pub(super) fn mv(call: &mut Call<'_>) -> i32 {
    each_source(call, "move", |disk, user, from, to| {
        let node = disk.get_link(from).cloned().ok_or(DiskError::Missing)?;
        let (top, below) = (disk.resolve(from), disk.below(from));
        disk.remove(user, from)?;
        disk.remove(user, to).ok();
        disk.insert(user, to, node)?;
        for (path, inner) in below {
            let rest = path.strip_prefix(&top).unwrap_or_default();
            disk.insert(user, &format!("{to}{rest}"), inner)?;
        }
        Ok(())
    })
}

/// Does something with each of the sources and where it goes.
fn each_source(
    call: &mut Call<'_>,
    verb: &str,
    work: impl Fn(&mut Disk, &str, &str, &str) -> Result<(), DiskError>,
) -> i32 {
    let operands = call.operands();
    let Some((to, sources)) = operands.split_last().filter(|(_, sources)| !sources.is_empty())
    else {
        return call.fail("missing file operand", 1);
    };
    let mut status = 0;
    for source in sources {
        let (from, to) = (call.shell.path(source), call.shell.path(to));
        status |= change(call, &format!("cannot {verb} '{source}'"), |disk, user| {
            let to = target(disk, &from, &to);
            work(disk, user, &from, &to)
        });
    }
    status
}

pub(super) fn ln(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let [source, link] = operands.as_slice() else {
        return call.fail("the simulator makes one link at a time", 1);
    };
    if !call.has('s', "symbolic") {
        return call.fail("the simulator makes symbolic links only", 1);
    }
    let (link_path, is_forced) = (call.shell.path(link), call.has('f', "force"));
    change(call, &format!("failed to create symbolic link '{link}'"), |disk, user| {
        let to = target(disk, source, &link_path);
        if disk.get_link(&to).is_some() {
            if !is_forced {
                return Err(DiskError::Exists);
            }
            disk.remove(user, &to)?;
        }
        let what = What::Link(source.clone());
        disk.insert(user, &to, Node { what, mode: 0o777, owner: user.to_owned() })
    })
}

/// `install -d DIRECTORY...`, or `install [-D] [-m MODE] [-o OWNER] FILE... TARGET`.
pub(super) fn install(call: &mut Call<'_>) -> i32 {
    let operands = call.operands_but("mog");
    let mode =
        call.value('m', "mode").and_then(|mode| permission::apply(&mode, 0)).unwrap_or(0o755);
    let owner = call.value('o', "owner").unwrap_or_else(|| call.shell.user.clone());
    let set = |disk: &mut Disk, path: &str| {
        if let Some(node) = disk.get_mut(path) {
            (node.mode, node.owner) = (mode, owner.clone());
        }
    };
    if call.has('d', "directory") {
        let mut status = 0;
        for operand in &operands {
            let path = call.shell.path(operand);
            status |=
                change(call, &format!("cannot create directory '{operand}'"), |disk, user| {
                    disk.make_directories(user, &path)?;
                    set(disk, &path);
                    Ok::<_, DiskError>(())
                });
        }
        return status;
    }
    let Some((to, sources)) = operands.split_last().filter(|(_, sources)| !sources.is_empty())
    else {
        return call.fail("missing file operand", 1);
    };
    let mut status = 0;
    for source in sources {
        let (from, to) = (call.shell.path(source), call.shell.path(to));
        status |= change(call, &format!("cannot install '{source}'"), |disk, user| {
            let to = target(disk, &from, &to);
            if call.has('D', "") {
                disk.make_directories(user, path::parent(&to))?;
            }
            let data = match from.as_str() {
                "/dev/null" => Vec::new(),
                from => disk.read(user, from)?.to_vec(),
            };
            disk.write(user, &to, &data, false)?;
            set(disk, &to);
            Ok::<_, DiskError>(())
        });
    }
    status
}

pub(super) fn touch_or_truncate(call: &mut Call<'_>) -> i32 {
    let size = call.value('s', "size").and_then(|size| size.parse::<usize>().ok());
    let is_truncate = call.name == "truncate";
    let mut status = 0;
    for operand in call.operands_but("s") {
        let path = call.shell.path(&operand);
        status |= change(call, &format!("cannot open '{operand}'"), |disk, user| {
            let mut data = disk.read(user, &path).map(<[u8]>::to_vec).unwrap_or_default();
            if is_truncate {
                data.resize(size.unwrap_or_default(), 0);
            }
            if disk.is_directory(&path) {
                return Ok(());
            }
            let is_new = disk.get(&path).is_none();
            disk.write(user, &path, &data, false)?;
            if let Some(node) = disk.get_mut(&path).filter(|_| is_new) {
                node.mode = 0o666 & !call.shell.umask;
            }
            Ok::<_, DiskError>(())
        });
    }
    status
}

/// The nth temporary file of a host is called for n.
pub(super) fn mktemp(call: &mut Call<'_>) -> i32 {
    let pid = call.shell.guest.running(|running| {
        running.last_pid += 1;
        running.last_pid
    });
    let is_directory = call.has('d', "directory");
    let operands = call.operands_but("p");
    let template = operands.first().map_or("tmp.XXXXXXXXXX", String::as_str);
    let stem = template.trim_end_matches('X');
    let width = template.len() - stem.len();
    if width < 3 {
        return call.fail(format!("too few X's in template '{template}'"), 1);
    }
    let name = format!("{stem}{pid:0width$}");
    let folder = call.value('p', "tmpdir").or_else(|| {
        let is_in_tmp = operands.is_empty() || call.has('t', "");
        is_in_tmp.then(|| call.shell.variable("TMPDIR").unwrap_or("/tmp").to_owned())
    });
    let name = folder.map_or(name.clone(), |folder| format!("{folder}/{name}"));
    let path = call.shell.path(&name);
    let status =
        change(call, &format!("failed to create file via template '{template}'"), |disk, user| {
            let what = if is_directory { What::Directory } else { What::File(Vec::new()) };
            let mode = if is_directory { 0o700 } else { 0o600 };
            disk.insert(user, &path, Node { what, mode, owner: user.to_owned() })
        });
    if status == 0 {
        call.io.out(format!("{name}\n"));
    }
    status
}
