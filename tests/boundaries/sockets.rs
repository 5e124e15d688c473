//! Tests open no socket but loopback: what they bind, connect to and name as a host.

use crate::assert_none;
use crate::files::{RustFile, rust_files};
use crate::rust::{Kind, Token};

/// Addresses that never leave the machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// Names that stand for nothing on the internet (RFC 2606, RFC 6761).
const RESERVED: [&str; 8] =
    [".example", ".test", ".invalid", ".localhost", "example.org", "example.com", "example.net", "localhost"];

/// Hosts in names that formats and licences are called by, which nothing fetches.
const NAMESPACES: [&str; 8] = [
    "www.opengis.net",
    "www.w3.org",
    "schemas.opengis.net",
    "repository.gdi-de.org",
    "www.xplanung.de",
    "creativecommons.org",
    "www.govdata.de",
    "www.geodaten.bayern.de",
];

fn test_tokens(file: &RustFile) -> impl Iterator<Item = (usize, &Token)> {
    file.tokens.iter().enumerate().filter(|(_, token)| file.is_test || token.is_test)
}

#[test]
fn tests_open_no_socket_but_loopback() {
    let mut found = Vec::new();
    let mut sockets = 0;
    for file in rust_files().iter().filter(|file| !file.path.starts_with("tests/boundaries/")) {
        for (index, token) in test_tokens(file) {
            let place = format!("{}:{}", file.path, token.line);
            if let Some(address) = bound_address(&file.tokens[index..]) {
                sockets += 1;
                let is_loopback = LOOPBACK.iter().any(|host| address.starts_with(host));
                found.extend((!is_loopback).then(|| format!("{place}: a socket at {address}")));
            }
            if token.kind == Kind::Text {
                let hosts = hosts(&token.text).into_iter().filter(|host| !stays_here(host));
                found.extend(hosts.map(|host| format!("{place}: names the host {host}")));
            }
        }
    }
    assert_none("tests that reach for the network", found);
    assert!(sockets > 0, "no socket was found, though downloads are tested on one: the reader of sources is broken");
}

/// What `TcpListener::bind(…)` and its like are given.
fn bound_address(tokens: &[Token]) -> Option<&str> {
    const SOCKETS: [&str; 3] = ["TcpListener", "TcpStream", "UdpSocket"];
    const CALLS: [&str; 3] = ["bind", "connect", "connect_timeout"];
    let [kind, _, _, call, open, address, ..] = tokens else { return None };
    let is_call = SOCKETS.contains(&kind.text.as_str()) && CALLS.contains(&call.text.as_str()) && open.text == "(";
    is_call.then_some(address.text.as_str())
}

/// The hosts of all addresses in a text; where a host is filled in at run time there is none.
fn hosts(text: &str) -> Vec<&str> {
    let after_scheme =
        ["http://", "https://", "ftp://", "ws://", "wss://"].into_iter().flat_map(|scheme| text.split(scheme).skip(1));
    let hosts = after_scheme.map(|rest| {
        let authority = rest.split(['/', '?', '#', '"', '<', ' ', '\\']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() }
    });
    hosts.filter(|host| !host.starts_with('{')).collect()
}

/// Loopback, reserved, a namespace, or no public name at all.
fn stays_here(host: &str) -> bool {
    let is_public = host.contains(['.', ':']);
    !is_public
        || LOOPBACK.iter().any(|known| host.starts_with(known))
        || RESERVED.iter().any(|known| host.ends_with(known))
        || NAMESPACES.contains(&host)
}
