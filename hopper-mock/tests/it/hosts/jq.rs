//! What jq does.

use super::curl::host;
use super::site::Site;

#[tokio::test(start_paused = true)]
async fn filters_do_what_they_do_in_jq() {
    let site = Site::new().await.with_nat().await;
    assert_eq!(site.client().await.run("jq .").await.status, Some(127));
    let client = host(&site).await;
    for (input, command, stdout, status) in [
        (r#"{"a": {"b": [1, "x"]}}"#, "jq .a.b[1]", "\"x\"\n", 0),
        (r#"{"a": {"b": [1, "x"]}}"#, "jq -r '.a | .b[-1], .a?'", "x\nnull\n", 0),
        (r#"{"a": "{\"b\": 1}"}"#, "jq '.a | fromjson | .b'", "1\n", 0),
        (r#"{"a-b": true}"#, r#"jq '.["a-b"], ."a-b", has("a")'"#, "true\ntrue\nfalse\n", 0),
        (r#"[{"n": 1}, {"n": 2}]"#, "jq -c '.[] | select(.n > 1)'", "{\"n\":2}\n", 0),
        (r#"[{"n": 1}, {"n": 2}]"#, "jq -c '[.[].n], length, map(.n + 1)'", "[1,2]\n2\n[2,3]\n", 0),
        (
            "null",
            r#"jq -n --arg a 'x"y' '{$a, b: "\($a)!", c: [1, null]}' -c"#,
            "{\"a\":\"x\\\"y\",\"b\":\"x\\\"y!\",\"c\":[1,null]}\n",
            0,
        ),
        (r#"{"a": null}"#, "jq -e .a", "null\n", 1),
        (r#"{"a": 0}"#, "jq -e .a", "0\n", 0),
        ("{}", "jq -e empty", "", 4),
        ("{}", r#"jq -r '.a // "none"'"#, "none\n", 0),
        (r#"{"a": {"b": 1}}"#, "jq .a", "{\n  \"b\": 1\n}\n", 0),
        ("\"aGk=\"", "jq -r '@base64d, (. | length)'", "hi\n4\n", 0),
        ("line", "jq -R .", "\"line\"\n", 0),
        ("{", "jq .", "", 2),
        ("[1]", "jq .a", "", 5),
        ("{}", "jq 'reduce .[] as $x (0; . + $x)'", "", 3),
        ("{}", "jq 'nothing'", "", 3),
        ("{}", "jq '.a |'", "", 3),
        ("{}", "jq --arg x .", "", 2),
    ] {
        let ended = client.run_with(command, input).await;
        assert_eq!(
            (ended.stdout.as_str(), ended.status),
            (stdout, Some(status)),
            "{command}: {}",
            ended.stderr
        );
        assert_eq!(ended.stderr.is_empty(), !matches!(status, 2 | 3 | 5), "{command}");
    }
    let ended = client.run_with("jq .a", "[1]").await;
    assert_eq!(ended.stderr, "jq: error (at <stdin>:0): Cannot index array with \"a\"\n");
    let ended = client.run("jq -n 'nothing'").await;
    assert!(ended.stderr.contains("nothing/0 is not defined"), "{}", ended.stderr);
}
