//! What a search reads: the two files of a published index, and what is typed.

use stadtzwilling::search::{Index, SearchError};
use stadtzwilling::twin::Language;

/// What is typed into an index of which nothing is known.
const QUERIES: [&str; 5] = ["a", "Sendlinger str 5", "Muenchner Freiheit", "Tal 17 a", "tral platz 1-3"];

/// Names in the first line, addresses in what follows; both together are typed as well.
pub fn search(bytes: &[u8]) {
    let cut = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (names, addresses) = bytes.split_at(cut);
    let mut index = match Index::parse(names) {
        Err(error) => return check_error(&error),
        Ok(index) => index,
    };
    let (entries, _) = index.len();
    check(&index, bytes);
    match index.add_addresses(addresses) {
        Err(error) => {
            check_error(&error);
            assert!(!index.has_addresses());
        }
        Ok(()) => {
            assert!(index.has_addresses() && index.len().0 == entries);
            check(&index, bytes);
        }
    }
}

fn check_error(error: &SearchError) {
    assert!(!error.to_string().is_empty());
}

fn check(index: &Index, bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    for query in QUERIES.into_iter().chain([&*typed]) {
        let hits = index.find(query, Language::De, 8);
        assert!(hits.len() <= 8);
        for hit in hits {
            let pose = hit.pose(0.0);
            assert!(pose.lon_deg.abs() <= 181.0 && pose.lat_deg.abs() <= 91.0);
            assert!(pose.distance_m.is_finite() && pose.distance_m > 0.0);
        }
    }
}
