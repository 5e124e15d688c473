//! What `--help` says, and how wrong arguments are answered.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use expect_test::{Expect, expect};

use super::args::{Arguments, Command};
use super::{CliError, dispatch};

fn check_help(path: &[&str], expected: Expect) {
    let mut command = Arguments::command().term_width(100);
    command.build();
    let found = path.iter().fold(&mut command, |command, name| command.find_subcommand_mut(name).unwrap());
    expected.assert_eq(&found.render_long_help().to_string());
}

/// What these arguments are answered with before anything is done.
fn check_wrong(arguments: &str, expected: Expect) {
    let words = std::iter::once("stadtzwilling").chain(arguments.split(' ')).map(OsString::from);
    let message = match Arguments::try_parse_from(words) {
        Err(error) => error.render().to_string().lines().next().unwrap_or_default().to_owned(),
        Ok(given) => match dispatch(given.command) {
            Err(error @ CliError::Arguments(_)) => error.to_string(),
            other => format!("went on: {other:?}"),
        },
    };
    expected.assert_eq(&message);
}

#[test]
fn help_reads_like_a_manual() {
    check_help(&[], expect![[r#""#]]);
    check_help(&["fetch"], expect![[r#""#]]);
    check_help(&["build"], expect![[r#""#]]);
    check_help(&["check"], expect![[r#""#]]);
    check_help(&["view"], expect![[r#""#]]);
    check_help(&["sample"], expect![[r#""#]]);
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
}

#[test]
fn wrong_arguments_are_named() {
    check_wrong("fly", expect![[r#""#]]);
    check_wrong("build city.toml", expect![[r#""#]]);
    check_wrong("build city.toml --out twin --audience mayor", expect![[r#""#]]);
    check_wrong("build city.toml --out twin --date tomorrow", expect![[r#""#]]);
    check_wrong("fetch city.toml --per-host 100", expect![[r#""#]]);
    check_wrong("sample --buildings many --out x", expect![[r#""#]]);
    check_wrong("check", expect![[r#""#]]);
}

#[cfg(feature = "viewer")]
#[test]
fn wrong_views_are_named() {
    check_wrong("view no/such/twin", expect![[r#""#]]);
    check_wrong("view http://", expect![[r#""#]]);
    check_wrong("view src --camera 11.5,48.1", expect![[r#""#]]);
    check_wrong("view src --camera 11.5,48.1,565,900,20,-35,7", expect![[r#""#]]);
    check_wrong("view src --camera 11.5,481,565,900,20,-35", expect![[r#""#]]);
    check_wrong("view src --size 0x0", expect![[r#""#]]);
    check_wrong("view src --date 2026-02-30", expect![[r#""#]]);
    check_wrong("view src --time noon", expect![[r#""#]]);
    check_wrong("view src --language fr", expect![[r#""#]]);
}

#[test]
fn help_and_version_are_no_failure() {
    let code = |arguments: &[&str]| super::run(arguments.iter().map(OsString::from)).unwrap();
    assert_eq!(format!("{:?}", code(&["stadtzwilling", "--version"])), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(format!("{:?}", code(&["stadtzwilling", "--help"])), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(format!("{:?}", code(&["stadtzwilling", "fly"])), format!("{:?}", ExitCode::from(2)));
    let version = super::version::text();
    assert!(version.starts_with(concat!("stadtzwilling ", env!("CARGO_PKG_VERSION"), "\n")), "{version}");
    assert!(version.contains("PROJ 9."), "{version}");
}

#[test]
fn checks_tell_good_from_bad_by_their_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.geojson");
    std::fs::write(&good, r#"{"type":"FeatureCollection","features":[]}"#).unwrap();
    let bad = folder.path().join("bad.gml");
    std::fs::write(&bad, "neither this nor that").unwrap();
    let code = |file: &std::path::Path, json| {
        let args = super::args::CheckArgs { files: vec![file.to_owned()], json };
        format!("{:?}", dispatch(Some(Command::Check(args))).unwrap())
    };
    assert_eq!(code(&good, false), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(code(&bad, true), format!("{:?}", ExitCode::from(3)));
}
