//! [`Relay`]: stands between clients and a simulator, counts their calls, and holds them up.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

/// Stands between clients and a server on the loopback. Clients are told apart by the id of their
/// access key.
pub(crate) struct Relay {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Who made each call, in order of arrival.
    calls: Vec<String>,
    /// Whose calls are held up, and where.
    held: Option<(String, Hold)>,
    /// The operation that is refused.
    refused: Option<String>,
}

/// Where a call is held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// On its way to the server.
    Request,
    /// On its way back.
    Reply,
}

impl Relay {
    /// In front of a server, e.g. `http://127.0.0.1:4566`.
    pub(crate) fn before(server: &str) -> Self {
        let server = server.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let shared = inner.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (inner, server) = (shared.clone(), server.clone());
                // A connection that breaks is the client's affair.
                thread::spawn(move || inner.serve(&client, &server).ok());
            }
        });
        Self { url, inner }
    }

    /// How many calls this one has made.
    pub(crate) fn calls(&self, who: &str) -> usize {
        self.inner.lock().calls.iter().filter(|by| *by == who).count()
    }

    /// Waits until this one has made so many calls.
    #[track_caller]
    pub(crate) fn wait(&self, who: &str, calls: usize) {
        let began = Instant::now();
        while self.calls(who) < calls {
            assert!(began.elapsed() < Duration::from_secs(300), "{who} made no {calls} calls");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Holds up the calls of this one.
    pub(crate) fn hold(&self, who: &str, hold: Hold) {
        self.inner.lock().held = Some((who.to_owned(), hold));
    }

    /// Lets go what was held up.
    pub(crate) fn let_go(&self) {
        self.inner.lock().held = None;
        self.inner.changed.notify_all();
    }

    /// Refuses an operation, or none any more.
    pub(crate) fn refuse(&self, operation: Option<&str>) {
        self.inner.lock().refused = operation.map(str::to_owned);
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Serves a client for as long as it keeps the connection.
    fn serve(&self, client: &TcpStream, server: &str) -> io::Result<()> {
        let mut from = BufReader::new(client);
        loop {
            let request = message(&mut from)?;
            let text = String::from_utf8_lossy(&request);
            let part = |before: &str, end: char| {
                let rest = text.split_once(before).map_or("", |(_, rest)| rest);
                rest.split(end).next().unwrap_or_default().to_owned()
            };
            let (who, operation) = (part("Credential=", '/'), part("Action=", '&'));
            let refused = {
                let mut state = self.lock();
                state.calls.push(who.clone());
                state.refused.as_ref() == Some(&operation)
            };
            let reply = match refused {
                true => refusal(),
                false => {
                    self.wait_while_held(&who, Hold::Request);
                    let mut upstream = TcpStream::connect(server)?;
                    upstream.write_all(&request)?;
                    let reply = message(&mut BufReader::new(&upstream))?;
                    let _ = upstream.shutdown(Shutdown::Both);
                    reply
                }
            };
            self.wait_while_held(&who, Hold::Reply);
            let mut to = client;
            to.write_all(&reply)?;
        }
    }

    fn wait_while_held(&self, who: &str, at: Hold) {
        let is_held = |state: &mut State| {
            state.held.as_ref().is_some_and(|(whose, hold)| whose == who && *hold == at)
        };
        drop(self.changed.wait_while(self.lock(), is_held).unwrap());
    }
}

/// One message of HTTP/1.1, whole, with its length in its head.
fn message(from: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let begin = bytes.len();
        if from.read_until(b'\n', &mut bytes)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&bytes[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let begin = bytes.len();
    bytes.resize(begin + length, 0);
    from.read_exact(&mut bytes[begin..])?;
    Ok(bytes)
}

/// As EC2 says it.
fn refusal() -> Vec<u8> {
    let body = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
                <Message>You are not authorized to perform this operation.</Message></Error>\
                </Errors><RequestID>r-1</RequestID></Response>";
    let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/xml\r\nContent-Length: ";
    format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
}
