/** Temporary keys that the servers of tests give. */
export const temporaryKeys = {
  accessKey: "AKTEMPORARY",
  secretKey: "made-up-secret",
  securityToken: "made-up-token",
  expiresAt: new Date("2030-01-02T03:04:05.678Z"),
};
const { accessKey, secretKey, securityToken } = temporaryKeys;
const expiration = "2030-01-02T03:04:05.678000Z";

/** As IAM and the metadata service write them. */
export const keysOfIam = {
  credential: { access: accessKey, secret: secretKey, securitytoken: securityToken, expires_at: expiration },
};

/** As STS writes them. */
export const keysOfSts = {
  assumed_agency: { urn: "u", id: "i" },
  credentials: {
    access_key_id: accessKey,
    secret_access_key: secretKey,
    security_token: securityToken,
    expiration,
  },
};

/** As the agent of CCE writes them. */
export const keysOfPod = {
  assumedAgency: { urn: "u", id: "i" },
  credentials: { accessKeyId: accessKey, secretAccessKey: secretKey, securityToken, expiration },
};
