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
    // clap indents empty lines too.
    let lines: String =
        found.render_long_help().to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    expected.assert_eq(&lines);
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
    check_help(
        &[],
        expect![[r#"
        A digital twin of a city that anyone can open.

        Stadtzwilling takes a city's open data (building models, terrain, plans) the whole way to a picture
        that answers questions: it downloads the data, releases what each audience may know, writes 3D Tiles
        that any viewer of that standard opens, and shows them. Without a command it opens an invented
        sample city.

        Usage: stadtzwilling [COMMAND]

        Commands:
          fetch   Download a city's open data
          build   Build a twin from a city's data
          check   Read files and say what is wrong with them
          view    Open a twin or any 3D Tiles tileset in a window
          kiosk   Show a twin on a public screen, for one visitor after the other
          sample  Write an invented city as the files that real sources publish
          help    Print this message or the help of the given subcommand(s)

        Options:
          -V, --version
                  Print the version, and those of PROJ and of the twin's format

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          Open the invented sample city:
              stadtzwilling
          Munich's centre, from the state's open data to the window:
              stadtzwilling fetch data/muenchen/city.toml --bbox 11.55,48.12,11.60,48.15
              stadtzwilling build data/muenchen/city.toml --out twin
              stadtzwilling view twin
          (The policy there is a draft: `build` releases real data only after the city has approved one.)
          Any 3D Tiles tileset on the web:
              stadtzwilling view https://example.org/tileset.json
          Is this file in order?
              stadtzwilling check 690_5334.gml

        Files:
          city.toml         a city: sources with licences, layers, places; names its policy
          policy.toml       what is released, to whom, in what form, on which legal basis
          TWIN/public/      the public release: copy this folder alone to any web server
          TWIN/planner/     the release for city staff: never under a public host
          TWIN/manifest.json
                            every file of the twin with its SHA-256

        Exit codes:
          0  done
          1  could not be done; the reason stands on standard error
          2  wrong arguments
          3  check: read, and something is wrong with it
    "#]],
    );
}

#[test]
fn help_of_fetch_reads_like_a_manual() {
    check_help(
        &["fetch"],
        expect![[r#"
            Download a city's open data

            Reads the Metalink index of every source that has one and downloads its files, each checked against
            its SHA-256. What is complete already is left alone; what is half there is resumed. If a mirror
            fails, the next one is asked. Beside the files stand their licence and attribution (ATTRIBUTION.txt)
            and their dates and hashes (sources.json).

            Usage: stadtzwilling fetch [OPTIONS] <CITY.toml>

            Arguments:
              <CITY.toml>
                      The city's configuration file

            Options:
                  --out <DIR>
                      Where to put the files, in one folder for each source [default: `downloads` beside
                      CITY.toml]

                  --bbox <WEST,SOUTH,EAST,NORTH>
                      Only tiles that touch this box: longitudes and latitudes in degrees, or metres in the
                      city's CRS

                      Tiles are known by their names: `690_5334` begins at easting 690 km, northing 5334 km.

                  --source <ID>
                      Only this source; may be given more than once [default: all that have an index]

                  --per-host <N>
                      How many downloads run at a time from one host

                      [default: 2]

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn help_of_build_reads_like_a_manual() {
    check_help(
        &["build"],
        expect![[r#"
            Build a twin from a city's data

            Reads all sources, releases to each audience what the policy lets it know, and writes 3D Tiles. The
            twin appears only when it is complete: a build that is stopped leaves the old one as it was. The
            same data gives the same bytes.

            Usage: stadtzwilling build [OPTIONS] --out <TWIN> <CITY.toml>

            Arguments:
              <CITY.toml>
                      The city's configuration file

            Options:
                  --out <TWIN>
                      Where to put the twin; one that is already there is replaced when the new one is complete

                  --audience <AUDIENCE>
                      Whom to release to: `citizen` (also for kiosks), `planner`, or both with a comma between

                      Possible values:
                      - citizen: Anyone; also kiosks in public offices
                      - planner: City staff

                      [default: citizen planner]

                  --purpose <PURPOSE>
                      What planners need it for, by its key in the policy; without one they see what every
                      purpose may see

                  --data <DIR>
                      Where `fetch` put the downloads [default: `downloads` beside CITY.toml]

                  --date <YYYY-MM-DD>
                      The day on which the policy must be in force; for real data none that has passed [default:
                      today]

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn help_of_check_reads_like_a_manual() {
    check_help(
        &["check"],
        expect![[r#"
            Read files and say what is wrong with them

            Takes building models (CityGML, CityJSON), plans, tables, terrain, tilesets, city and policy files,
            and whole twins, and names file, line and object of everything it would mend, skip or refuse. Of a
            city file it reads the policy, the tables and the plans that it names as well. Writes nothing. Exits
            with 3 if anything was found, with 1 if a file cannot be opened.

            Usage: stadtzwilling check [OPTIONS] <FILE>...

            Arguments:
              <FILE>...
                      Files, or folders of twins or of one release

            Options:
                  --json
                      Print a JSON list with an object for each file instead of text

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn help_of_view_reads_like_a_manual() {
    check_help(
        &["view"],
        expect![[r#"
            Open a twin or any 3D Tiles tileset in a window

            With --screenshot no window opens: the picture is written when everything in view has come.

            Usage: stadtzwilling view [OPTIONS] [TWIN|URL]

            Arguments:
              [TWIN|URL]
                      A twin's folder, a tileset.json, or the address of one [default: the sample city]

            Options:
                  --audience <AUDIENCE>
                      Whose release of the twin to open

                      Possible values:
                      - citizen: Anyone; also kiosks in public offices
                      - planner: City staff

                      [default: citizen]

                  --screenshot <OUT.png>
                      Write one picture to this file and end. If something did not come, the picture is written
                      without it, what it was is told, and the exit code is not 0

                  --camera <LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH>
                      Look at a point: longitude and latitude in degrees, height above the ellipsoid and
                      distance of the eye in metres, heading clockwise from north and pitch (negative looks
                      down) in degrees

                  --size <WIDTHxHEIGHT>
                      Size of the window or picture in pixels

                      [default: 1280x720]

                  --language <LANGUAGE>
                      Language of the interface [default: the system's]

                      Possible values:
                      - de:     Deutsch
                      - en:     English
                      - leicht: Leichte Sprache

                  --theme <THEME>
                      Colours of the interface; in the dark one the city lies under a night sky

                      Possible values:
                      - light: Dark text on light ground
                      - dark:  Light text on dark ground

                      [default: light]

                  --date <YYYY-MM-DD>
                      Local date, for the sun [default: 2026-06-21]

                  --time <HH:MM>
                      Local time, for the sun [default: 15:30]

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn help_of_sample_reads_like_a_manual() {
    check_help(
        &["sample"],
        expect![[r#"
            Write an invented city as the files that real sources publish

            Building models, terrain, ground, trees, plans and facts about houses, with a city and a policy
            file. Nobody lives there: it is made for trying out and for tests. The same number and seed give the
            same bytes.

            Usage: stadtzwilling sample [OPTIONS] --out <DIR>

            Options:
                  --buildings <N>
                      How many buildings

                      [default: 17500]

                  --seed <S>
                      Which city: another seed, another one

                      [default: 1158]

                  --out <DIR>
                      Where to put the files

              -h, --help
                      Print help (see a summary with '-h')
        "#]],
    );
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
}

#[test]
fn wrong_arguments_are_named() {
    check_wrong("fly", expect!["error: unrecognized subcommand 'fly'"]);
    check_wrong("build city.toml", expect!["error: the following required arguments were not provided:"]);
    check_wrong(
        "build city.toml --out twin --audience mayor",
        expect!["error: invalid value 'mayor' for '--audience <AUDIENCE>'"],
    );
    check_wrong(
        "build city.toml --out twin --date tomorrow",
        expect![[r#"--date "tomorrow" is not a date such as 2026-06-21"#]],
    );
    check_wrong(
        "build city.toml --out twin --audience citizen --purpose urban_planning",
        expect!["--purpose is what planners need the twin for, and --audience does not name them"],
    );
    check_wrong(
        "build city.toml --out twin --date 20260621",
        expect![[r#"--date "20260621" is not a date such as 2026-06-21"#]],
    );
    check_wrong("sample --buildings 0 --out x", expect!["--buildings 0 would be no city"]);
    check_wrong("fetch city.toml --per-host 100", expect!["--per-host 100 is not within 1 to 8"]);
    check_wrong(
        "sample --buildings many --out x",
        expect!["error: invalid value 'many' for '--buildings <N>': invalid digit found in string"],
    );
    check_wrong("check", expect!["error: the following required arguments were not provided:"]);
}

#[test]
fn wrong_arguments_come_with_the_commands_own_usage() {
    let usage = |name: Option<&str>| {
        let answer = super::wrong(name, "--date \"x\" is not a date").render().to_string();
        answer.lines().find(|line| line.starts_with("Usage:")).unwrap_or_default().to_owned()
    };
    assert_eq!(usage(Some("view")), "Usage: stadtzwilling view [OPTIONS] [TWIN|URL]");
    assert_eq!(usage(Some("fetch")), "Usage: stadtzwilling fetch [OPTIONS] <CITY.toml>");
    assert_eq!(usage(None), "Usage: stadtzwilling [COMMAND]");
}

#[cfg(feature = "viewer")]
#[test]
fn wrong_screens_are_named() {
    check_wrong(
        "kiosk no/such/twin",
        expect![[r#""no/such/twin" is neither a file or folder that exists nor an http(s) address"#]],
    );
    check_wrong("kiosk src --idle-secs 1", expect!["--idle-secs 1 is not between 5 and 3600"]);
    check_wrong("kiosk src --pin secret", expect!["a PIN has 4 to 16 digits and nothing else"]);
    check_wrong("kiosk src --night late", expect![[r#"--night "late" is not two times such as 22:00-06:00"#]]);
}

#[cfg(feature = "viewer")]
#[test]
fn wrong_views_are_named() {
    check_wrong(
        "view no/such/twin",
        expect![[r#""no/such/twin" is neither a file or folder that exists nor an http(s) address"#]],
    );
    check_wrong("view http://", expect![[r#""http://" is not an address: empty host"#]]);
    check_wrong(
        "view src --camera 11.5,48.1",
        expect![[
            r#"--camera "11.5,48.1" is not LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH, such as 11.5755,48.1372,565,900,20,-35"#
        ]],
    );
    check_wrong(
        "view src --camera 11.5,48.1,565,900,20,-35,7",
        expect![[
            r#"--camera "11.5,48.1,565,900,20,-35,7" is not LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH, such as 11.5755,48.1372,565,900,20,-35"#
        ]],
    );
    check_wrong(
        "view src --camera 11.5,481,565,900,20,-35",
        expect![[
            r#"--camera "11.5,481,565,900,20,-35" is not LON,LAT,HEIGHT,DISTANCE,HEADING,PITCH, such as 11.5755,48.1372,565,900,20,-35"#
        ]],
    );
    check_wrong(
        "view src --size 0x0",
        expect![[r#"--size "0x0" is not a size of 16x16 to 8192x8192, such as 1280x720"#]],
    );
    check_wrong("view src --date 2026-02-30", expect![[r#"--date "2026-02-30" is not a date such as 2026-06-21"#]]);
    check_wrong("view src --time noon", expect![[r#"--time "noon" is not a time such as 17:30"#]]);
    check_wrong("view src --language fr", expect!["error: invalid value 'fr' for '--language <LANGUAGE>'"]);
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
    assert_eq!(code(&folder.path().join("nowhere.gml"), false), format!("{:?}", ExitCode::from(1)));
}
