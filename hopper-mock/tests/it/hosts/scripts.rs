//! What the shells of hosts do.

use super::site::Site;
use crate::support::seconds;

// Each line is what a shell does with a script: what it prints and its status.
#[tokio::test(start_paused = true)]
async fn scripts_do_what_they_do_in_a_shell() {
    let site = Site::new().await;
    let client = site.client().await;
    for (script, stdout, status) in [
        ("echo a  'b  c' \"d  e\"", "a b  c d  e\n", 0),
        ("x='1  2'; echo $x; echo \"$x\"", "1 2\n1  2\n", 0),
        ("echo ${x:-none} ${x-} ${y:=2}$y; : ${z:+never}", "none 22\n", 0),
        (
            "v=/a/b.tar.gz; echo ${v##*/} ${v%.*} ${v%%.*} ${#v} ${v/a/x}",
            "b.tar.gz /a/b.tar /a/b 11 /x/b.tar.gz\n",
            0,
        ),
        ("echo $(echo one; echo two) `echo three`", "one two three\n", 0),
        ("echo $((1 + 2 * 3)) $(( 7 / 2 ))", "7 3\n", 0),
        ("false || echo no; true && echo yes; ! true; echo $?", "no\nyes\n1\n", 0),
        ("set -e; false; echo never", "", 1),
        ("set -e; if false; then :; fi; false || true; echo on", "on\n", 0),
        ("set -e; f() { false; echo never; }; f; echo never", "", 1),
        ("set -e; x=$(false); echo never", "", 1),
        ("set -u; echo $none; echo never", "", 1),
        ("set -o pipefail; false | true; echo $?", "1\n", 0),
        ("false | true; echo $?", "0\n", 0),
        ("for n in 1 2 3; do [ $n = 2 ] && continue; echo $n; done", "1\n3\n", 0),
        ("n=0; while [ $n -lt 9 ]; do n=$((n+1)); [ $n -eq 3 ] && break; done; echo $n", "3\n", 0),
        (
            "until true; do echo never; done; case abc in a*) echo a;; *) echo other;; esac",
            "a\n",
            0,
        ),
        (
            "f() { local v=in; echo $1 $# $v; return 3; }; v=out; f x y; echo $? $v",
            "x 2 in\n3 out\n",
            0,
        ),
        ("(cd /etc; pwd; exit 4); echo $?; pwd", "/etc\n4\n/home/ubuntu\n", 0),
        ("cat <<EOF\n$HOME \\$x\nEOF\ncat <<'EOF'\n$HOME\nEOF", "/home/ubuntu $x\n$HOME\n", 0),
        ("printf '%s-%d\\n' a 1 b 2 | sort -r | head -n 1", "b-2\n", 0),
        ("echo hidden >/dev/null; echo shown 2>&1", "shown\n", 0),
        ("printf 'a b\\nc d\\n' | while read x y; do echo $y$x; done", "ba\ndc\n", 0),
        ("set -- a 'b c'; for x in \"$@\"; do echo \"<$x>\"; done", "<a>\n<b c>\n", 0),
        ("x=1 env | grep ^x=; echo ${x:-unset}", "x=1\nunset\n", 0),
        (
            "bash -c 'echo $0 $1' name arg; sh -s one <<'EOF'\necho got $1\nEOF",
            "name arg\ngot one\n",
            0,
        ),
        ("trap 'echo bye' EXIT; echo hi; exit 5", "hi\nbye\n", 5),
        (
            "[[ v1.36 == v1.* && ! -e /none ]] && echo match; [[ abc =~ ^a.c$ ]]; echo $?",
            "match\n0\n",
            0,
        ),
        ("command -v sed; command -v nothing", "/usr/bin/sed\n", 1),
        ("kubeadm version", "", 127),
        ("if", "", 2),
    ] {
        let ended = client.run(script).await;
        assert_eq!(
            (ended.stdout.as_str(), ended.status),
            (stdout, Some(status)),
            "{script}: {}",
            ended.stderr
        );
    }
}

#[tokio::test(start_paused = true)]
async fn files_are_made_changed_and_found() {
    let site = Site::new().await;
    let client = site.client().await;
    for (script, stdout) in [
        ("mkdir -p a/b && echo one > a/b/x && echo two >> a/b/x && cat a/b/x", "one\ntwo\n"),
        ("cp -r a c && mv c/b/x c/y && ls c && rm -r c && ls", "b\ny\na\n"),
        (
            "sed -i 's/one/1/' a/b/x && grep -c . a/b/x && grep -q 1 a/b/x && echo found",
            "2\nfound\n",
        ),
        ("ln -s a/b/x link && cat link && readlink link && rm link", "1\ntwo\na/b/x\n"),
        ("chmod 600 a/b/x && test -x a/b/x || echo 'not executable'", "not executable\n"),
        ("printf '#!/bin/sh\\nexit 7\\n' > run && chmod +x run; ./run; echo $?", "7\n"),
        (
            "printf hello | sha256sum",
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  -\n",
        ),
        (
            "printf hello > h; sha256sum h | sha256sum -c; base64 -w0 h; echo; base64 -d <<< aGk=",
            "h: OK\naGVsbG8=\nhi",
        ),
        ("echo 'k: v' | sudo tee /etc/k >/dev/null; cut -d: -f2 /etc/k | tr -d ' '", "v\n"),
        ("sudo install -D -m 0640 h /opt/x/h; sudo find /opt -type f", "/opt/x/h\n"),
        ("echo /etc/cloud/*.d; echo *.none", "/etc/cloud/cloud.cfg.d\n*.none\n"),
        (
            "umask 077; mkdir own; touch own/f; sudo -u nobody cat own/f || echo denied; umask 022; umask",
            "denied\n0022\n",
        ),
        (
            "f=$(mktemp own/x.XXXX); test -f $f && echo ${#f}; mktemp /none/x.XXX || echo no",
            "10\nno\n",
        ),
        ("began=$SECONDS; sleep 3; echo $((SECONDS - began))", "3\n"),
        ("d=$(mktemp -d); touch $d/f; ls $d; truncate -s 3 $d/f; wc -c < $d/f", "f\n3\n"),
    ] {
        assert_eq!(client.printed(script).await, stdout, "{script}");
    }
    let denied = client.run("echo x > /etc/hosts").await;
    assert_eq!(denied.status, Some(1));
    assert_eq!(denied.stderr, "bash: /etc/hosts: Permission denied\n");
}

// What is given on standard input arrives, and so does a large file.
#[tokio::test(start_paused = true)]
async fn files_are_uploaded() {
    let site = Site::new().await;
    let client = site.client().await;
    let large = "0123456789abcdef\n".repeat(60_000);
    let ended = client.run_with("cat > large && wc -c < large", &large).await;
    assert_eq!(ended.stdout, format!("{}\n", large.len()));
    assert_eq!(client.printed("cat large").await, large);
    let ended = client.run_with("bash -s", "set -eux\nx=1\necho $x\n").await;
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("1\n", "+ x=1\n+ echo 1\n"));
}

// What runs in the background runs on, and time passes as in the world.
#[tokio::test(start_paused = true)]
async fn processes_run_on_when_their_session_is_over() {
    let site = Site::new().await;
    let client = site.client().await;
    let script = "nohup sh -c 'sleep 60; echo done > finished' >/dev/null 2>&1 & echo $!";
    let began = site.mock().now();
    let pid = client.printed(script).await;
    let pid = pid.trim();
    client.leave().await;
    assert!(site.mock().now().since(began) < seconds(1));
    let client = site.client().await;
    assert_eq!(client.run(&format!("kill -0 {pid}")).await.status, Some(0));
    assert_eq!(client.run("test -e finished").await.status, Some(1));
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(client.printed("cat finished").await, "done\n");
    assert_eq!(client.run(&format!("kill -0 {pid}")).await.status, Some(1));
    let began = site.mock().now();
    client.printed("sleep 5 & sleep 2; wait").await;
    assert_eq!(site.mock().now().since(began), seconds(5));
    assert_eq!(client.run("timeout 3 sleep 10").await.status, Some(124));
}

#[tokio::test(start_paused = true)]
async fn the_transcript_tells_what_was_run() {
    let site = Site::new().await;
    let client = site.client().await;
    client.run("echo hi | sudo tee /etc/greeting; nothing here; sudo modprobe none").await;
    assert_eq!(
        site.mock().transcript(&site.bastion).to_string(),
        "# tee /etc/greeting\n    hi\n$ nothing here [127]\n# modprobe none [1]\n    \
         modprobe: FATAL: Module none not found in directory /lib/modules/6.8.0-1021-aws\n"
    );
}
