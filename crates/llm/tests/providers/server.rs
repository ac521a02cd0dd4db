use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a test server does on one connection.
pub(super) struct Connection {
    stream: TcpStream,
}

pub(super) struct Received {
    pub(super) head: String,
    pub(super) body: Value,
}

impl Connection {
    /// The next request, or `None` when the client has closed the connection.
    pub(super) async fn receive(&mut self) -> Option<Received> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            if self.stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while bytes.len() < head_end + length {
            self.stream.read_buf(&mut bytes).await.ok()?;
        }
        let body = serde_json::from_slice(&bytes[head_end..]).unwrap_or_default();
        Some(Received { head, body })
    }

    pub(super) async fn send(&mut self, text: &str) {
        // A client that is gone is what some tests are about.
        let _ = self.stream.write_all(text.as_bytes()).await;
        let _ = self.stream.flush().await;
    }

    /// The head of a streamed answer. What follows it is sent in [`Self::chunk`]s.
    pub(super) async fn start_stream(&mut self) {
        self.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
    }

    pub(super) async fn chunk(&mut self, bytes: &[u8]) {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        let _ = self.stream.write_all(&chunk).await;
        let _ = self.stream.flush().await;
    }

    pub(super) async fn event(&mut self, data: &str) {
        self.chunk(format!("data: {data}\n\n").as_bytes()).await;
    }

    pub(super) async fn delta(&mut self, text: &str) {
        let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
        self.event(&delta.to_string()).await;
    }

    pub(super) async fn end_stream(&mut self) {
        self.send("0\r\n\r\n").await;
    }

    /// Returns when the client has closed its side.
    pub(super) async fn closed(&mut self) {
        let mut rest = [0; 1024];
        while !matches!(self.stream.read(&mut rest).await, Ok(0) | Err(_)) {}
    }
}

/// Serves each connection with `serve`; returns the base URL and the number of connections so far.
pub(super) async fn start<F>(serve: impl Fn(Connection) -> F + Send + 'static) -> (String, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(Connection { stream }));
        }
    });
    (base, connections)
}
