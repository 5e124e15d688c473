//! The HTTP client of downloads: patient, without compression on the way, never from https back to http.

use std::sync::Once;

use reqwest::Client;
use reqwest::redirect::Policy;

use super::{DownloadError, Manners};

const MOST_REDIRECTS: usize = 5;

/// A client that follows `manners`.
pub(super) fn client(manners: &Manners) -> Result<Client, DownloadError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where another part of the program has chosen one already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = Client::builder()
        .user_agent(concat!("stadtzwilling/", env!("CARGO_PKG_VERSION")))
        // Byte ranges count bytes of the file; a compressed body has others.
        .no_gzip()
        .no_brotli()
        .redirect(redirects())
        .connect_timeout(manners.patience)
        .read_timeout(manners.patience);
    let builder = if manners.system_proxy { builder } else { builder.no_proxy() };
    builder.build().map_err(|error| DownloadError::SetUp(chain(&error)))
}

fn redirects() -> Policy {
    Policy::custom(|attempt| {
        let was_secure = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
        if was_secure && attempt.url().scheme() != "https" {
            attempt.error("a redirect from https to http")
        } else if attempt.previous().len() > MOST_REDIRECTS {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    })
}

/// An error with its causes, which is where reqwest keeps what happened.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let message = inner.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = inner.source();
    }
    text
}
