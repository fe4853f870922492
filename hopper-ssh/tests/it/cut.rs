//! Connections that break in the middle of a script.

use crate::ground::Ground;
use hopper_ssh::{Script, SshError};
use std::{fs, path::Path, sync::mpsc, time::Duration};

/// Counts itself, and prints ten numbers, one when each of ten files appears.
fn counting(home: &Path) -> Script {
    let home = home.display();
    let text = format!(
        "echo once >>'{home}/count'\nfor i in 1 2 3 4 5 6 7 8 9 10; do\n\
         while [ ! -e '{home}/'go-$i ]; do sleep 0.1; done\necho number $i\ndone\nexit 3\n"
    );
    Script::new("counting", text)
}

/// Runs the script on the private machine, and `happens` after five of its lines.
async fn run_while(ground: &mut Ground, happens: fn(&mut Ground)) -> Vec<String> {
    let (home, machine) = (ground.private.home(), ground.private());
    let script = counting(&home);
    let go = |i: usize| fs::write(home.join(format!("go-{i}")), "").unwrap();
    let (tell, told) = mpsc::channel::<String>();
    let running = machine.run(&script, move |line| tell.send(line.to_owned()).unwrap());
    let mut lines = Vec::new();
    let watching = async {
        for i in 1..=10 {
            if i == 6 {
                happens(ground);
            }
            go(i);
            loop {
                match told.try_recv() {
                    Ok(line) => break lines.push(line),
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        }
    };
    let (exit, ()) = tokio::join!(running, watching);
    assert_eq!(exit.unwrap().code, Some(3));
    assert_eq!(fs::read_to_string(home.join("count")).unwrap(), "once\n");
    lines
}

fn numbers() -> Vec<String> {
    (1..=10).map(|i| format!("number {i}")).collect()
}

#[test]
fn the_connection_to_the_machine() {
    Ground::stage("cut::the_connection_to_the_machine", async |mut ground: Ground| {
        let lines = run_while(&mut ground, |ground| ground.private.cut()).await;
        assert_eq!(lines, numbers());
    });
}

#[test]
fn the_bastion_is_restarted() {
    Ground::stage("cut::the_bastion_is_restarted", async |mut ground: Ground| {
        let restart = |ground: &mut Ground| {
            ground.bastion.down();
            ground.bastion.up();
        };
        assert_eq!(run_while(&mut ground, restart).await, numbers());
    });
}

#[test]
fn another_process_goes_on_and_finds_the_end() {
    Ground::stage("cut::another_process_goes_on_and_finds_the_end", async |ground: Ground| {
        let home = ground.private.home();
        let script = counting(&home);
        let machine = ground.private();
        // Nobody listens any more after two seconds.
        let cut = tokio::time::timeout(Duration::from_secs(2), machine.run(&script, |_| ())).await;
        assert!(cut.is_err());
        for i in 1..=10 {
            fs::write(home.join(format!("go-{i}")), "").unwrap();
        }
        for _ in 0..2 {
            let mut lines = Vec::new();
            let again = ground.private();
            let exit = again.run(&script, |line| lines.push(line.to_owned())).await.unwrap();
            assert_eq!((exit.code, &*lines), (Some(3), &*numbers()));
        }
        assert_eq!(fs::read_to_string(home.join("count")).unwrap(), "once\n");
    });
}

#[test]
fn a_script_that_is_killed_is_told_and_not_run_again() {
    Ground::stage(
        "cut::a_script_that_is_killed_is_told_and_not_run_again",
        async |ground: Ground| {
            let machine = ground.private();
            let script =
                Script::new("killed", "echo once >>\"$HOME\"/count\nkill -9 $PPID\nsleep 60\n");
            for _ in 0..2 {
                let broken = machine.run(&script, |_| ()).await.unwrap_err();
                assert!(matches!(broken, SshError::BrokenOff { .. }), "{broken:?}");
                assert!(broken.to_string().contains("killed"), "{broken}");
            }
            assert_eq!(fs::read_to_string(ground.private.home().join("count")).unwrap(), "once\n");
        },
    );
}
