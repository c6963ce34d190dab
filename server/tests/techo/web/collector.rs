//! A little HTTP server that takes what is exported, as an OpenTelemetry collector would.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

/// What was sent in one request.
pub struct Export {
    pub head: String,
    pub body: Vec<u8>,
}

impl Export {
    /// Whether a text stands in the body: names and values of spans are plain there.
    pub fn has(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

/// A collector, and what it took.
pub struct Collector {
    pub port: u16,
    pub taken: Receiver<Export>,
}

impl Collector {
    /// Takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, taken) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { port, taken }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A collector that takes connections and answers none of them. It sends what connected, so that nothing is closed.
pub fn silent() -> (String, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let (sender, connected) = channel();
    thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(sender.send(stream))));
    (url, connected)
}

fn serve(stream: TcpStream, sender: &Sender<Export>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        let _ = stream.write_all(answer.as_bytes());
        if sender.send(Export { head, body }).is_err() {
            return;
        }
    }
}
