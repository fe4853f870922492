"""Systems Manager's parameters, and STS."""

from ground import *

ssm, sts = client("ssm"), client("sts")
rule("GetParameter unknown", "ParameterNotFound/400", D, ssm.get_parameter, Name="/nobody")
rule("GetParameter without a name", "ValidationException/400", D, ssm.get_parameter)
rule("GetParameter of a public image", "ami-", D, lambda: ssm.get_parameter(Name="/aws/service/canonical/ubuntu/server/16.04/stable/current/amd64/hvm/ebs-gp2/ami-id")["Parameter"]["Value"][:4])
rule("DecodeAuthorizationMessage of nonsense", "InvalidAuthorizationMessageException/400", D, sts.decode_authorization_message, EncodedMessage="nonsense")
