//! `confidant serve`: the server.

use domain::Clock;
use tokio::signal::unix::{SignalKind, signal};

use super::announce;
use crate::config::Config;
use crate::{choose_models, running};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    // Beside the loading of the models; the start waits for it.
    drop(tokio::task::spawn_blocking(privacy::warm_up));
    let models = choose_models(&config).await?;
    let described = models.described.clone();
    let data_dir = config.server.data_dir.clone();
    let server = running::start(config, Clock::system(), models, None).await?;
    let url = format!("http://{}", server.addr);
    announce(&format!("Confidant listens on {url}"));
    for line in described {
        announce(&format!("  {line}"));
    }
    announce(&format!("  data: {}", data_dir.display()));
    announce(&format!(
        "Try next:\n  confidant chat --server {url}   talk in another terminal\n  {url}/docs   the API\n\
         Stop with Ctrl-C."
    ));
    stop_signal().await?;
    announce("Stopping: running turns may finish. Once more to stop at once.");
    tokio::select! {
        () = server.shut_down() => Ok(()),
        stopped = stop_signal() => Ok(stopped?),
    }
}

async fn stop_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
