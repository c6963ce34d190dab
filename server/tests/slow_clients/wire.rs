//! A socket and what came back on it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer: its status, its head, its body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn closes(&self) -> bool {
        self.header("connection") == Some("close")
    }
}

impl Wire {
    pub async fn connect(to: SocketAddr, from: Option<IpAddr>) -> Self {
        Self::try_connect(to, from).await.unwrap()
    }

    pub async fn try_connect(to: SocketAddr, from: Option<IpAddr>) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = timeout(PATIENCE, socket.connect(to)).await.expect("a connection in time")?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// A connection of somebody who hardly takes anything in.
    pub async fn connect_narrow(to: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self { stream: socket.connect(to).await.unwrap(), read: Vec::new() }
    }

    /// Sends; a line that was cut meanwhile shows when somebody reads.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.stream.write_all(bytes.as_ref()).await);
    }

    /// Sends as much as is taken at once.
    pub fn send_at_once(&mut self, bytes: &[u8]) -> usize {
        self.stream.try_write(bytes).unwrap_or(0)
    }

    /// Reads one more byte.
    pub async fn take_byte(&mut self) -> io::Result<usize> {
        self.stream.read(&mut [0]).await
    }

    /// Reads what is there and counts it; false at the end.
    pub async fn count_more(&mut self, count: &mut usize) -> bool {
        let mut part = vec![0; 65_536];
        let read = timeout(PATIENCE, self.stream.read(&mut part)).await.expect("something in time");
        *count += read.as_ref().map_or(0, |count| *count);
        read.is_ok_and(|count| count > 0)
    }

    /// The next answer; none when the line is cut before.
    pub async fn reply(&mut self) -> Option<Reply> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let mut reply = Reply { status: head.split(' ').nth(1)?.parse().ok()?, head, body: Vec::new() };
        let length = reply.header("content-length").map(|length| length.parse::<usize>().unwrap());
        let length = if reply.status < 200 { Some(0) } else { length };
        let until = match length {
            Some(length) => {
                while self.read.len() < end + length {
                    self.more().await?;
                }
                end + length
            }
            // The last chunk, or the end of the line.
            None => {
                while !self.read[end..].ends_with(b"0\r\n\r\n") && self.more().await.is_some() {}
                self.read.len()
            }
        };
        reply.body = self.read[end..until].to_vec();
        self.read.drain(..until);
        Some(reply)
    }

    async fn more(&mut self) -> Option<()> {
        let mut part = vec![0; 65_536];
        let read = timeout(PATIENCE, self.stream.read(&mut part)).await.expect("something in time");
        let count = read.ok().filter(|count| *count > 0)?;
        self.read.extend_from_slice(&part[..count]);
        Some(())
    }

    /// Reads to the end: how long that took.
    pub async fn ended(&mut self) -> Duration {
        let began = Instant::now();
        while self.more().await.is_some() {}
        began.elapsed()
    }
}
