//! What the fuzzers have found, replayed: every input of the corpus and every seed goes through its target again, here
//! with the toolchain and the profile of all other tests. Beside them stand files that are too large to keep, made on
//! the way: bombs, claims of gigabytes, a million levels.

mod corpus;
mod hostile;
mod memory;
mod targets;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// What a corpus may weigh in the repository.
const MOST_PACKED_BYTES: u64 = 400_000;

/// Every input that the fuzzers found worth keeping is survived, and keeps the promises of its reader.
#[test]
fn the_fuzz_corpus_is_survived() {
    for (name, _) in targets::ALL {
        let seeds = corpus::seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        let found = corpus::found(name);
        assert!(found.len() > 10, "the corpus of {name} has {} inputs", found.len());
        for (input, bytes) in seeds.iter().chain(&found) {
            println!("{name}: {input}");
            targets::run(name, bytes);
        }
    }
}

/// What `./dev fuzz` keeps, no more; and as large as it says.
#[test]
fn no_corpus_outgrows_the_repository() {
    let dev = include_str!("../../dev");
    let said = |name: &str| -> usize {
        let value = dev.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.and_then(|value| value.parse().ok()).expect("a number in dev")
    };
    assert_eq!(said("FUZZ_LARGEST_BYTES"), corpus::MOST_BYTES);
    for (name, _) in targets::ALL {
        let kept: usize = corpus::found(name).iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(kept <= said("FUZZ_KEPT_BYTES"), "{name} keeps {kept} bytes");
        let packed = std::fs::metadata(corpus::archive(name)).expect("the corpus of a target").len();
        assert!(packed <= MOST_PACKED_BYTES, "the corpus of {name} has {packed} bytes");
    }
}

/// A fuzzer without a target, or a target without a fuzzer, would go unseen.
#[test]
fn every_target_has_its_fuzzer() {
    let manifest = corpus::text("Cargo.toml");
    let fuzzers: Vec<&str> =
        manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(fuzzers, targets::ALL.map(|(name, _)| name));
    for (name, _) in targets::ALL {
        assert!(corpus::text(&format!("bins/{name}.rs")).contains(&format!("fuzz!({name})")), "{name}");
    }
}
