//! Running, uploading, streaming, through a bastion.

use crate::ground::{Ground, user};
use hopper_ssh::{Connect, Identity, Redact, Script, Tcp};
use std::{
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
    time::Duration,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[test]
fn commands_run_behind_the_bastion() {
    Ground::stage("basics::commands_run_behind_the_bastion", async |ground: Ground| {
        if ground.is_apart {
            let direct = TcpStream::connect("198.51.100.2:22").unwrap_err();
            assert!(direct.to_string().contains("unreachable"), "{direct}");
        }
        let session = ground.private().session().await.unwrap();
        let mut lines = Vec::new();
        let script =
            "read name; echo \"hello, $name\"; echo oops >&2; echo 'ü'; printf end; exit 7";
        let exit = session.run(script, b"you\n", |line| lines.push(line.to_owned())).await.unwrap();
        assert_eq!((exit.code, exit.is_success()), (Some(7), false));
        lines.sort();
        assert_eq!(lines, ["end", "hello, you", "oops", "ü"]);
        let killed = session.run("kill -TERM $$", b"", |_| ()).await.unwrap();
        assert_eq!(killed.signal.as_deref(), Some("TERM"), "{killed:?}");
        // A command that does not read what it is given.
        let big = vec![b'x'; 3_000_000];
        assert!(session.run("true", &big, |_| ()).await.unwrap().is_success());
    });
}

#[test]
fn five_megabytes_arrive_whole() {
    Ground::stage("basics::five_megabytes_arrive_whole", async |ground: Ground| {
        let session = ground.private().session().await.unwrap();
        let bytes: Vec<u8> =
            (0..5_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let path = ground.private.home().join("it's here");
        session.upload(path.to_str().unwrap(), 0o640, &bytes).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let wrong = session.upload("/nowhere/file", 0o600, b"x").await.unwrap_err();
        assert!(wrong.to_string().contains("writing /nowhere/file"), "{wrong}");
    });
}

#[test]
fn ports_are_forwarded() {
    Ground::stage("basics::ports_are_forwarded", async |ground: Ground| {
        let session = ground.bastion().session().await.unwrap();
        let private = ground.private.host();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let forwarded = session.forward(&listener, &private.address, private.port, |_| ());
        let talk = async {
            let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
            stream.write_all(b"SSH-2.0-test\r\n").await.unwrap();
            let mut said = [0; 8];
            stream.read_exact(&mut said).await.unwrap();
            assert_eq!(&said, b"SSH-2.0-");
        };
        tokio::select! {
            ended = forwarded => panic!("{ended:?}"),
            () = talk => (),
        }
        let Err(refused) = session.open(&private.address, 1).await else {
            panic!("port 1 is open")
        };
        assert!(refused.to_string().contains("a stream to"), "{refused}");
    });
}

#[test]
fn a_script_shows_no_secret() {
    Ground::stage("basics::a_script_shows_no_secret", async |ground: Ground| {
        let script =
            Script::new("quiet", "read token\nprintf 'with '; echo \"$token\"; env; ps ax\n")
                .input("s3cr3t-token\n")
                .redact(Redact::new(["s3cr3t-token"]));
        let machine = ground.private();
        let mut lines = Vec::new();
        let exit = machine.run(&script, |line| lines.push(line.to_owned())).await.unwrap();
        assert!(exit.is_success(), "{lines:?}");
        assert_eq!(lines[0], "with <secret>");
        assert!(lines.iter().all(|line| !line.contains("s3cr3t")), "{lines:#?}");
        assert!(!format!("{script:?}").contains("s3cr3t"));
        // The input is gone once it has ended, and all of it when it is forgotten.
        let folder = ground.private.home().join(".hopper/quiet");
        assert!(folder.join("code").exists() && !folder.join("input").exists());
        machine.forget(&script).await.unwrap();
        assert!(!folder.exists());
    });
}

#[test]
fn keys_of_the_agent_and_of_rsa() {
    Ground::stage("basics::keys_of_the_agent_and_of_rsa", async |ground: Ground| {
        let rsa = crate::ground::keygen(&ground.folder.path().join("rsa"), "rsa");
        ground.bastion.authorize(&rsa.with_extension("pub"));
        let connect = Connect::new(user(), [Identity::file(&rsa).unwrap()]);
        let session = connect.to(&Tcp, &ground.bastion.host()).await.unwrap();
        assert!(session.run("true", b"", |_| ()).await.unwrap().is_success());

        let socket = ground.folder.path().join("agent");
        let of_agent = Connect::new(user(), [Identity::agent_at(&socket)]).keyless(Duration::ZERO);
        let denied = of_agent.to(&Tcp, &ground.bastion.host()).await.unwrap_err().to_string();
        assert!(denied.contains("no agent"), "{denied}");
        let mut agent = Command::new("ssh-agent");
        agent.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null());
        let mut agent = agent.spawn().unwrap();
        while !socket.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // One that opens nothing, and the one that does.
        for key in [&ground.folder.path().join("id"), &rsa] {
            let mut add = Command::new("ssh-add");
            add.arg("-q").arg(key).env("SSH_AUTH_SOCK", &socket);
            assert!(add.status().unwrap().success());
        }
        let session = of_agent.to(&Tcp, &ground.bastion.host()).await;
        let _ = agent.kill().and_then(|()| agent.wait());
        assert!(session.unwrap().run("true", b"", |_| ()).await.unwrap().is_success());
    });
}
