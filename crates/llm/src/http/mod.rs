//! The one HTTP client, and the endpoints reached through it.

mod failure; // answers that are no success, and calls without an answer

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ModelError;

pub(crate) use failure::{Failure, code_of};

const REDIRECTS_MAX: usize = 3;
/// A long answer is a few hundred kB; 128 embeddings of 4,096 numbers are 12 MB.
const BODY_BYTES_MAX: usize = 64 << 20;

/// Where an OpenAI-compatible API is and how to be let in.
pub(crate) struct EndpointOptions {
    pub(crate) base_url: String,
    pub(crate) api_key: Option<SecretString>,
    pub(crate) organisation: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) connect_timeout: Duration,
}

pub(crate) struct Endpoint {
    client: Client,
    base: Url,
    headers: HeaderMap,
    remote: bool,
    connect_timeout: Duration,
}

impl Endpoint {
    pub(crate) fn new(options: &EndpointOptions) -> Result<Self, ModelError> {
        let (base, socket) = parse_base(&options.base_url)?;
        let remote = socket.is_none() && !is_this_machine(&base);
        let key = ClientKey {
            connect_timeout: options.connect_timeout,
            tls: base.scheme() == "https",
            straight: !remote,
            socket,
        };
        let headers = headers(options)?;
        Ok(Self { client: client(key)?, base, headers, remote, connect_timeout: options.connect_timeout })
    }

    /// Host and port, or the socket of this machine. Neither path nor password.
    pub(crate) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether what is sent here leaves this machine.
    pub(crate) fn is_remote(&self) -> bool {
        self.remote
    }

    /// The answer's headers are in when this returns; its status may be any.
    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Response, ModelError> {
        self.send(self.client.post(self.url(path)).json(body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response, ModelError> {
        self.send(self.client.get(self.url(path))).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ModelError> {
        let sent = request.headers(self.headers.clone()).send().await;
        sent.map_err(|error| failure::without_answer(&error, self.connect_timeout))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        // Only URLs without a path, such as `data:`, have no segments; `parse_base` lets none through.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        url
    }
}

/// Shows the host only: a base URL may hold a password, headers hold keys.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("host", &self.base.host_str())
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

/// The body of a good answer as JSON. What is wrong with it is said without quoting it.
pub(crate) async fn read_json<T: DeserializeOwned>(response: &mut Response) -> Result<T, ModelError> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|_| ModelError::CutOff)? {
        if body.len() + bytes.len() > BODY_BYTES_MAX {
            return Err(ModelError::Malformed { reason: "the answer is too long".to_owned() });
        }
        body.extend_from_slice(&bytes);
    }
    serde_json::from_slice(&body).map_err(|error| unreadable("the answer", &error))
}

/// Says where JSON is not as expected. serde's own message may quote the text.
pub(crate) fn unreadable(what: &str, error: &serde_json::Error) -> ModelError {
    let kind = match error.classify() {
        serde_json::error::Category::Data => "does not have the expected shape",
        _ => "is not JSON",
    };
    ModelError::Malformed {
        reason: format!("{what} {kind} (line {}, column {})", error.line(), error.column()),
    }
}

/// `http(s)://host/v1`, or `unix:/path/to/socket:/v1`.
fn parse_base(base_url: &str) -> Result<(Url, Option<PathBuf>), ModelError> {
    let unusable =
        || ModelError::Unusable { reason: "base_url must be an http, https or unix: address".to_owned() };
    if let Some(rest) = base_url.strip_prefix("unix:") {
        let (socket, path) = rest.rsplit_once(":/").unwrap_or((rest, ""));
        if socket.is_empty() || cfg!(not(unix)) {
            return Err(unusable());
        }
        let url = Url::parse(&format!("http://localhost/{path}")).map_err(|_| unusable())?;
        return Ok((url, Some(PathBuf::from(socket))));
    }
    let url = Url::parse(base_url.trim()).map_err(|_| unusable())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(unusable());
    }
    Ok((url, None))
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn headers(options: &EndpointOptions) -> Result<HeaderMap, ModelError> {
    let mut headers = HeaderMap::new();
    if let Some(key) = &options.api_key {
        let mut value = header_value("api_key", &format!("Bearer {}", key.expose_secret()))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if let Some(organisation) = &options.organisation {
        headers.insert("openai-organization", header_value("organisation", organisation)?);
    }
    for (name, value) in &options.headers {
        let unusable = |_| ModelError::Unusable { reason: format!("{name:?} is not the name of a header") };
        let header = HeaderName::try_from(name.as_str()).map_err(unusable)?;
        let mut value = header_value(name, value)?;
        // Gateways take their keys in headers of their own.
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

fn header_value(what: &str, value: &str) -> Result<HeaderValue, ModelError> {
    HeaderValue::from_str(value.trim())
        .map_err(|_| ModelError::Unusable { reason: format!("{what} cannot be sent in a header") })
}

/// What clients differ by. Endpoints that agree in it share connections.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ClientKey {
    connect_timeout: Duration,
    tls: bool,
    /// To this machine, so past any proxy.
    straight: bool,
    socket: Option<PathBuf>,
}

/// As many as the configuration names; a handful.
static CLIENTS: LazyLock<Mutex<HashMap<ClientKey, Client>>> = LazyLock::new(Mutex::default);

fn client(key: ClientKey) -> Result<Client, ModelError> {
    let mut clients = CLIENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = clients.get(&key) {
        return Ok(client.clone());
    }
    let client = build_client(&key)?;
    clients.insert(key, client.clone());
    Ok(client)
}

fn build_client(key: &ClientKey) -> Result<Client, ModelError> {
    // A second installation, or the application's own, is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("confidant/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(key.connect_timeout)
        .redirect(redirect::Policy::custom(within_origin))
        .tcp_keepalive(Duration::from_mins(1))
        .pool_idle_timeout(Duration::from_mins(5))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_keep_alive_while_idle(true);
    if key.straight {
        builder = builder.no_proxy();
    }
    if !key.tls {
        // Plain HTTP must work on a system without certificates.
        builder = builder.tls_certs_only([]);
    }
    with_socket(builder, key).build().map_err(|_| ModelError::Unusable {
        reason: "the system's certificates could not be loaded".to_owned(),
    })
}

#[cfg(unix)]
fn with_socket(builder: ClientBuilder, key: &ClientKey) -> ClientBuilder {
    match &key.socket {
        Some(socket) => builder.unix_socket(socket.clone()),
        None => builder,
    }
}

#[cfg(not(unix))]
fn with_socket(builder: ClientBuilder, _: &ClientKey) -> ClientBuilder {
    builder
}

/// What is said to one server is not passed on to another because it says so.
fn within_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let from = attempt.previous().first().map(Url::origin);
    if from == Some(attempt.url().origin()) && attempt.previous().len() <= REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base_url: &str) -> Result<Endpoint, ModelError> {
        Endpoint::new(&EndpointOptions {
            base_url: base_url.to_owned(),
            api_key: Some("sk-secret".to_owned().into()),
            organisation: Some("org-secret".to_owned()),
            headers: BTreeMap::from([("x-key".to_owned(), "header-secret".to_owned())]),
            connect_timeout: Duration::from_secs(1),
        })
    }

    #[test]
    fn a_base_url_may_end_in_a_slash_and_have_a_query() {
        let cases = [
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/chat/completions"),
            ("https://gate.example/a/v1?version=2", "https://gate.example/a/v1/chat/completions?version=2"),
            ("unix:/run/model.sock:/v1", "http://localhost/v1/chat/completions"),
        ];
        for (base, expected) in cases {
            assert_eq!(endpoint(base).unwrap().url("chat/completions").as_str(), expected);
        }
    }

    #[test]
    fn only_this_machine_is_not_remote() {
        let here = [
            "http://localhost:11434/v1",
            "http://LOCALHOST/v1",
            "http://models.localhost/v1",
            "http://127.0.0.1/v1",
            "http://127.8.9.10/v1",
            "http://2130706433/v1",
            "http://[::1]:8080/v1",
            "http://[::ffff:127.0.0.1]/v1",
            "unix:/run/model.sock",
        ];
        for base in here {
            assert!(!endpoint(base).unwrap().is_remote(), "{base}");
        }
        let elsewhere = [
            "http://192.168.1.5/v1",
            "https://api.example.com/v1",
            "http://localhost.example.com/v1",
            "http://127.0.0.1.example.com/v1",
            "http://localhost@example.com/v1",
            "http://[fe80::1]/v1",
        ];
        for base in elsewhere {
            assert!(endpoint(base).unwrap().is_remote(), "{base}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for base in ["", "api.example.com/v1", "ftp://example.com", "file:///v1", "unix:", "data:x"] {
            assert!(matches!(endpoint(base), Err(ModelError::Unusable { .. })), "{base}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", endpoint("https://user:password@example.com/v1").unwrap());
        assert!(shown.contains("example.com"), "{shown}");
        assert!(!shown.contains("secret") && !shown.contains("password"), "{shown}");
    }

    #[test]
    fn endpoints_that_agree_share_a_client() {
        let before = CLIENTS.lock().unwrap().len();
        endpoint("http://127.0.0.1:1/v1").unwrap();
        endpoint("http://127.0.0.1:2/v1").unwrap();
        assert!(CLIENTS.lock().unwrap().len() <= before + 1);
    }
}
