//! Why bytes did not come.

use thiserror::Error;
use url::Url;

/// Why bytes did not come.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FetchError {
    /// The server says 404 or 410, or there is no such file.
    #[error("{url} does not exist")]
    NotFound {
        /// What was asked for.
        url: Url,
    },
    /// The server answered with another status than success.
    #[error("{url} answered with status {status}")]
    Status {
        /// What was asked for.
        url: Url,
        /// HTTP status code.
        status: u16,
    },
    /// The connection could not be made or broke off.
    #[error("{url} could not be reached: {why}")]
    Network {
        /// What was asked for.
        url: Url,
        /// What the network said.
        why: String,
    },
    /// The server took too long.
    #[error("{url} did not answer in time")]
    Timeout {
        /// What was asked for.
        url: Url,
    },
    /// The body is larger than this program takes.
    #[error("{url} is larger than {limit_bytes} bytes")]
    TooLarge {
        /// What was asked for.
        url: Url,
        /// The limit.
        limit_bytes: u64,
    },
    /// A local file is there and cannot be read.
    #[error("{url} cannot be read: {why}")]
    File {
        /// What was asked for.
        url: Url,
        /// What the system said.
        why: String,
    },
    /// This platform has no way to such addresses.
    #[error("{url}: addresses that begin with \"{}:\" cannot be read here", url.scheme())]
    Scheme {
        /// What was asked for.
        url: Url,
    },
    /// The network stack could not be set up.
    #[error("the network could not be set up: {why}")]
    Setup {
        /// What was missing.
        why: String,
    },
}

impl FetchError {
    /// Whether the same request may succeed later: broken connections, time-outs, 408, 429 and 5xx.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network { .. } | Self::Timeout { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// The error for an HTTP status; `None` for success.
    pub(super) fn of_status(url: &Url, status: u16) -> Option<Self> {
        match status {
            200..=299 => None,
            404 | 410 => Some(Self::NotFound { url: url.clone() }),
            _ => Some(Self::Status { url: url.clone(), status }),
        }
    }

    /// The error for what reqwest reports. The URL is left out of its text, as the variants name it already.
    pub(super) fn of_reqwest(url: &Url, error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout { url: url.clone() };
        }
        let error = error.without_url();
        let mut why = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            why = format!("{why}: {inner}");
            cause = inner.source();
        }
        Self::Network { url: url.clone(), why }
    }
}
