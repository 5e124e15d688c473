//! What went wrong, in the words of who looks: a sentence in their language, and the line for those who mend it after it.

use crate::stream::{Failure, FailureKind};
use crate::texts::text;
use crate::twin::Language;

/// What went wrong, as a sentence.
pub fn sentence(language: Language, kind: FailureKind) -> &'static str {
    text(
        language,
        match kind {
            FailureKind::Missing => "trouble.missing",
            FailureKind::Refused => "trouble.refused",
            FailureKind::Server => "trouble.server",
            FailureKind::Unreachable => "trouble.unreachable",
            FailureKind::NoNetwork => "trouble.no_network",
            FailureKind::Late => "trouble.late",
            FailureKind::TooLarge => "trouble.too_large",
            FailureKind::Unreadable => "trouble.unreadable",
            FailureKind::Address => "trouble.address",
            FailureKind::Broken => "trouble.broken",
            FailureKind::NotUnderstood => "trouble.not_understood",
            FailureKind::OtherRelease => "trouble.other_release",
            FailureKind::OtherAudience => "trouble.other_audience",
        },
    )
}

/// The sentence, with addresses and numbers after it.
pub fn with_detail(language: Language, failure: &Failure) -> String {
    format!("{} ({})", sentence(language, failure.kind), failure.detail)
}

/// Several of them, one a line.
pub fn lines<'a>(language: Language, failures: impl IntoIterator<Item = &'a Failure>) -> String {
    failures.into_iter().map(|failure| with_detail(language, failure)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fetch::FetchError;

    #[test]
    fn what_went_wrong_is_told_in_each_language() {
        let mut said = BTreeSet::new();
        for &language in Language::ALL {
            let sentences = FailureKind::ALL.map(|kind| sentence(language, kind));
            assert!(sentences.iter().all(|said| said.ends_with('.') && !said.contains("trouble")), "{sentences:?}");
            said.extend(sentences);
        }
        assert_eq!(said.len(), FailureKind::ALL.len() * Language::ALL.len(), "each kind has a sentence of its own");
    }

    #[test]
    fn a_network_that_could_not_be_set_up_is_no_lost_connection() {
        let failure = Failure::from(&FetchError::Setup { why: "no certificates".to_owned() });
        assert_eq!(sentence(Language::En, failure.kind), "This computer's network could not be set up.");
        for &language in Language::ALL {
            let line_lost = sentence(language, FailureKind::Unreachable);
            assert_ne!(sentence(language, failure.kind), line_lost, "{}", language.code());
        }
    }

    #[test]
    fn the_detail_stands_after_the_sentence() {
        let failures = ["a", "b"].map(|detail| Failure::new(FailureKind::Server, detail));
        assert_eq!(
            lines(Language::De, &failures),
            "Der Server hat eine Störung. (a)\nDer Server hat eine Störung. (b)"
        );
    }
}
