use std::time::Duration;

use llm::ModelError;
use llm::chat::RetryPolicy;
use llm::embedding::openai::{OpenAiEmbedding, OpenAiEmbeddingOptions};
use llm::embedding::{Embedded, EmbeddingModel};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn options(server: &MockServer) -> OpenAiEmbeddingOptions {
    let retry = RetryPolicy { base_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    OpenAiEmbeddingOptions {
        retry,
        ..OpenAiEmbeddingOptions::new(format!("{}/v1", server.uri()), "embedder")
    }
}

/// Answers each text with `[its length, 1, 0]`, last text first.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/embeddings"))
        .respond_with(|request: &Request| {
            let body: Value = request.body_json().unwrap();
            assert_eq!(body["model"], json!("embedder"));
            let texts = body["input"].as_array().unwrap();
            let vector = |(index, text): (usize, &Value)| {
                json!({"index": index, "embedding": [text.as_str().unwrap().len(), 1, 0]})
            };
            let data: Vec<Value> = texts.iter().enumerate().map(vector).rev().collect();
            ResponseTemplate::new(200).set_body_json(json!({"object": "list", "data": data}))
        })
        .mount(&server)
        .await;
    server
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn texts_go_in_batches_and_vectors_come_back_in_order_and_of_length_one() {
    let server = server().await;
    let model = EmbeddingModel::OpenAi(OpenAiEmbedding::connect(options(&server)).await.unwrap());
    assert_eq!((model.id(), model.dimensions(), model.is_remote()), ("openai/embedder/3", 3, false));

    let texts: Vec<String> = (0..130).map(|length| "x".repeat(length)).collect();
    let vectors = model.embed(texts).await.unwrap();
    assert_eq!(vectors.len(), 130);
    for (length, Embedded { vector, .. }) in vectors.iter().enumerate() {
        // The empty text was sent as a space.
        let ratio = vector[0] / vector[1];
        assert!((ratio - length.max(1) as f32).abs() < 1e-3, "text {length}: {vector:?}");
        let norm = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        assert!((norm - 1.0).abs() < 1e-6);
    }
    let requests = server.received_requests().await.unwrap();
    let sizes: Vec<usize> = requests
        .iter()
        .map(|request| request.body_json::<Value>().unwrap()["input"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [1, 128, 2]);
    assert!(model.embed(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn answers_that_do_not_fit_are_malformed() {
    let vectors = |data: Value| ResponseTemplate::new(200).set_body_json(json!({"data": data}));
    let bad = [
        vectors(json!([])),
        vectors(json!([{"embedding": [1, 0]}])),
        vectors(json!([{"embedding": [0, 0, 0]}])),
        vectors(json!([{"embedding": [1, null, 0]}])),
        vectors(json!([{"embedding": [1, 0, 0]}, {"embedding": [1, 0, 0]}])),
        vectors(json!([{"index": 5, "embedding": [1, 0, 0]}])),
        ResponseTemplate::new(200).set_body_string("hello"),
    ];
    for answer in bad {
        let server = answering(answer).await;
        let options = OpenAiEmbeddingOptions { dimensions: Some(3), ..options(&server) };
        let result = OpenAiEmbedding::new(options).unwrap().embed(vec!["text".to_owned()]).await;
        assert!(matches!(result, Err(ModelError::Malformed { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn a_server_error_is_tried_again_and_a_refusal_is_not() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    let good = ResponseTemplate::new(200).set_body_json(json!({"data": [{"index": 0, "embedding": [3, 4]}]}));
    Mock::given(method("POST")).respond_with(good).mount(&server).await;
    let model = OpenAiEmbedding::connect(options(&server)).await.unwrap();
    assert_eq!(model.embed(vec!["text".to_owned()]).await.unwrap(), [[0.6, 0.8]]);

    let server = answering(ResponseTemplate::new(401)).await;
    let refused = OpenAiEmbedding::connect(options(&server)).await.map(|_| ());
    assert_eq!(refused, Err(ModelError::Unauthorized { status: 401 }));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
