"""Key pairs."""

from ground import *

RSA = b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"  # cut short: no key
ED25519 = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl k"


def bring(**params):
    return ec2.import_key_pair(**{"KeyName": "laptop", "PublicKeyMaterial": ED25519, **params})


rule("ImportKeyPair garbage", "InvalidKey.Format/400 or InvalidKeyPair.Format/400", D, bring, PublicKeyMaterial=b"garbage")
rule("ImportKeyPair cut short", "InvalidKey.Format/400 or InvalidKeyPair.Format/400", D, bring, PublicKeyMaterial=RSA)
rule("ImportKeyPair empty", "InvalidKey.Format/400 or InvalidKeyPair.Format/400 or MissingParameter/400", D, bring, PublicKeyMaterial=b"")
rule("ImportKeyPair without a name", "MissingParameter/400", D, ec2.import_key_pair, PublicKeyMaterial=ED25519)
rule("ImportKeyPair without a key", "MissingParameter/400", D, ec2.import_key_pair, KeyName="laptop")
rule("ImportKeyPair name of 256", "InvalidParameterValue/400", D, bring, KeyName="n" * 256)
rule("ImportKeyPair DryRun", "DryRunOperation/412", D, bring, DryRun=True)
made = {}
rule("ImportKeyPair", "accepted", D, lambda: made.update(bring()) or made)
rule("ImportKeyPair answers an id and a fingerprint", "key- True", D, lambda: f"{made['KeyPairId'][:4]} {len(made['KeyFingerprint']) > 20}")
rule("ImportKeyPair again", "InvalidKeyPair.Duplicate/400", D, bring)
rule("CreateKeyPair of the same name", "InvalidKeyPair.Duplicate/400", D, ec2.create_key_pair, KeyName="laptop", KeyType="ed25519")
rule("CreateKeyPair unknown type", "InvalidParameterValue/400", D, ec2.create_key_pair, KeyName="other", KeyType="dsa")
rule("CreateKeyPair without a name", "MissingParameter/400", D, ec2.create_key_pair)
rule("CreateKeyPair shows the private key", "True", D, lambda: "PRIVATE KEY" in ec2.create_key_pair(KeyName="made", KeyType="ed25519")["KeyMaterial"])
rule("CreateKeyPair makes RSA keys by default", "True", D, lambda: "BEGIN RSA PRIVATE KEY" in ec2.create_key_pair(KeyName="rsa")["KeyMaterial"])
rule("CreateKeyPair odd name", "InvalidParameterValue/400", D, ec2.create_key_pair, KeyName=" k", KeyType="ed25519")
rule("DescribeKeyPairs", "laptop", D, lambda: " ".join(k["KeyName"] for k in ec2.describe_key_pairs(KeyNames=["laptop"])["KeyPairs"]))
rule("DescribeKeyPairs unknown", "InvalidKeyPair.NotFound/400", D, ec2.describe_key_pairs, KeyNames=["nobody"])
rule("DescribeKeyPairs unknown id", "InvalidKeyPair.NotFound/400", D, ec2.describe_key_pairs, KeyPairIds=[nothing("key")])
rule("DescribeKeyPairs unknown filter", "InvalidParameterValue/400", D, ec2.describe_key_pairs, Filters=filters(colour="red"))
rule("DeleteKeyPair", "accepted", D, ec2.delete_key_pair, KeyName="laptop")
rule("DeleteKeyPair of a missing one", "accepted", D, ec2.delete_key_pair, KeyName="laptop")
rule("DeleteKeyPair without a name", "MissingParameter/400", D, ec2.delete_key_pair)
