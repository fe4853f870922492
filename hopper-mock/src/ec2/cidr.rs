//! Reading CIDR blocks as EC2 does.

use ipnet::Ipv4Net;

use crate::wire::AwsError;

/// A block in its canonical form: EC2 clears the host bits, so `10.0.0.7/16` is `10.0.0.0/16`.
///
/// # Errors
/// `InvalidParameterValue` for what is not a block.
pub(crate) fn parse(parameter: &str, text: &str) -> Result<Ipv4Net, AwsError> {
    let net: Ipv4Net = text
        .parse()
        .map_err(|_| AwsError::invalid_value(parameter, text, "This is not a valid CIDR block."))?;
    Ok(net.trunc())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    // [D] The API reference of CreateVpc: 100.68.0.18/18 becomes 100.68.0.0/18.
    #[test]
    fn host_bits_are_cleared() {
        assert_eq!(parse("cidrBlock", "100.68.0.18/18").unwrap().to_string(), "100.68.0.0/18");
        for text in ["300.0.0.0/16", "10.0.0.0", "10.0.0.0/33", ""] {
            assert_eq!(parse("cidrBlock", text).unwrap_err().code, "InvalidParameterValue");
        }
    }
}
