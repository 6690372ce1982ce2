//! The WebSocket upgrade, as far as both ends read it alike.

use http::{HeaderMap, HeaderName};

/// Whether a header that is a list, which may be spread over several lines, has this token, in
/// whatever case: what RFC 6455 demands of `Connection` and `Upgrade` in a request (section 4.2.1)
/// and in an answer (section 4.1).
pub fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|word| word.trim().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONNECTION;

    #[test]
    fn lists_lines_and_cases_are_understood() {
        let mut headers = HeaderMap::new();
        assert!(!has_token(&headers, &CONNECTION, "upgrade"));
        headers.append(CONNECTION, "keep-alive, close".parse().unwrap());
        assert!(has_token(&headers, &CONNECTION, "close"));
        assert!(!has_token(&headers, &CONNECTION, "upgrade"));
        headers.append(CONNECTION, "Upgrades".parse().unwrap());
        assert!(!has_token(&headers, &CONNECTION, "upgrade"));
        headers.append(CONNECTION, "UPGRADE".parse().unwrap());
        assert!(has_token(&headers, &CONNECTION, "upgrade"));
    }
}
