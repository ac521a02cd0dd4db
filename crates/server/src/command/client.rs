//! The API, from the other side.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use domain::SessionId;
use domain::user::User;
use reqwest::{Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::no_such_user;

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    api_key: Option<String>,
}

/// The parts of a problem that a person wants to read.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Client {
    pub(super) fn new(url: String, api_key: Option<String>) -> anyhow::Result<Self> {
        // A second installation, by the models' client, is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder().connect_timeout(Duration::from_secs(5));
        if url.starts_with("http://") {
            // Plain HTTP must work on a system without certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder.build()?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), api_key })
    }

    /// Whether a Confidant answers.
    pub(super) async fn ready(&self) -> anyhow::Result<()> {
        let request = self.http.get(format!("{}/readyz", self.url)).timeout(Duration::from_secs(2));
        let answer = request.send().await.map_err(|_| anyhow!("no server answers at {}", self.url))?;
        let body: Value =
            answer.json().await.map_err(|_| anyhow!("what answers at {} is no Confidant", self.url))?;
        if body["status"] == "ready" {
            Ok(())
        } else {
            Err(anyhow!("the server at {} is not ready", self.url))
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        read(self.request(Method::GET, path)).await
    }

    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<T> {
        read(self.request(method, path).json(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        checked(self.request(Method::DELETE, path)).await.map(|_| ())
    }

    /// Has the server prepare for a message that may be sent.
    pub(super) async fn prefetch(&self, session_id: SessionId, draft: &str) -> anyhow::Result<()> {
        let path = format!("/api/sessions/{session_id}/prefetch");
        checked(self.request(Method::POST, &path).json(&json!({"draft": draft}))).await.map(|_| ())
    }

    /// A stream of server-sent events.
    pub(super) async fn stream(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Response> {
        let request = self.request(method, path);
        checked(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Every item of a paged list.
    pub(super) async fn list<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<Vec<T>> {
        #[derive(Deserialize)]
        struct Page<T> {
            items: Vec<T>,
            next: Option<String>,
        }
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let page: Page<T> = self.get(&format!("{path}?limit=200{after}")).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    pub(super) async fn find_user(&self, name: &str) -> anyhow::Result<User> {
        let users: Vec<User> = self.list("/api/users").await?;
        users.into_iter().find(|user| user.name == name).with_context(|| no_such_user(name))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.api_key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> anyhow::Result<T> {
    checked(request).await?.json().await.context("the server's answer could not be read")
}

async fn checked(request: RequestBuilder) -> anyhow::Result<Response> {
    let answer = request.send().await.map_err(|_| anyhow!("the server does not answer"))?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    match answer.json::<Problem>().await {
        Ok(problem) => Err(anyhow!(problem.detail)),
        Err(_) => Err(anyhow!("the server answered {status}")),
    }
}
