-- A registry as the last version of form 1 left it: apply, two fills of which one was stopped, a training set, a shadow run.
CREATE TABLE definition (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, name),
    FOREIGN KEY (kind, name, version) REFERENCES definition_version (kind, name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO "definition" VALUES('Entity','customer',1);
INSERT INTO "definition" VALUES('FeatureService','scoring',1);
INSERT INTO "definition" VALUES('FeatureView','last_payment',1);
INSERT INTO "definition" VALUES('Source','payments',1);
CREATE TABLE definition_version (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    generation INTEGER NOT NULL REFERENCES generation (number),
    storage TEXT,
    value TEXT,
    promise TEXT,
    node TEXT,
    PRIMARY KEY (kind, name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO "definition_version" VALUES('Entity','customer',1,1,'72701a3aad3c88d87b32af7f101a33200f93c9cef605efff2608608ddf32c9f2','c575921275a897351a648d8c1a9c169f37e4c1f5e6faddc36e2e9944c7c11cef','661cf363cef0ae69fa85da7e623d11ab2e08d57c25d6345b39cee0f0c6032d1d','{"kind":"Entity","name":"customer","document":{"kind":"Entity","name":"customer","joinKeys":[{"name":"customer","type":"string"}],"owner":"tests"},"fingerprints":{"storage":"72701a3aad3c88d87b32af7f101a33200f93c9cef605efff2608608ddf32c9f2","value":"c575921275a897351a648d8c1a9c169f37e4c1f5e6faddc36e2e9944c7c11cef","promise":"661cf363cef0ae69fa85da7e623d11ab2e08d57c25d6345b39cee0f0c6032d1d"},"parts":[],"references":[]}');
INSERT INTO "definition_version" VALUES('FeatureService','scoring',1,1,'cb87d7a3bd6515c973ec042998a51cddc1d25720224015701e6086b344ec48ac','905a019849c74c17715943eeebe098aca5805c738dfca2ddd60b886479483523','bece831362592859226dd1fe9813f78d212cfab7b123d6fba700dceae4722d75','{"kind":"FeatureService","name":"scoring","document":{"kind":"FeatureService","name":"scoring","features":["last_payment"],"owner":"tests"},"fingerprints":{"storage":"cb87d7a3bd6515c973ec042998a51cddc1d25720224015701e6086b344ec48ac","value":"905a019849c74c17715943eeebe098aca5805c738dfca2ddd60b886479483523","promise":"bece831362592859226dd1fe9813f78d212cfab7b123d6fba700dceae4722d75"},"parts":[],"references":[{"kind":"FeatureView","name":"last_payment"}]}');
INSERT INTO "definition_version" VALUES('FeatureView','last_payment',1,1,'81d9939b259447ca564d024829b8485eb44a0d975a00ab261be7cb8a3fc7e142','c90208c20bc754074ea6dac50663664cbe54b5531d26f27b2e0d998636a46009','22de4dd42f0c5927c10ecc3649d7634aca04f14b4f752c0eb34f643d62a358ef','{"kind":"FeatureView","name":"last_payment","document":{"kind":"FeatureView","name":"last_payment","entities":["customer"],"source":"payments","features":[{"name":"gross","type":"float64","expression":"amount + 0.3"}],"reads":{"amount":"float64"},"owner":"tests"},"fingerprints":{"storage":"81d9939b259447ca564d024829b8485eb44a0d975a00ab261be7cb8a3fc7e142","value":"c90208c20bc754074ea6dac50663664cbe54b5531d26f27b2e0d998636a46009","promise":"22de4dd42f0c5927c10ecc3649d7634aca04f14b4f752c0eb34f643d62a358ef"},"parts":[{"kind":"feature","name":"gross","fingerprints":{"storage":"cff6720f67d99ffecc41264411243a65836480f3272d6dfbe1fb265f24c55a33","value":"986662d93a021fef422f12290706cb712071c79c9eba3f6b56694e37eea850d2","promise":"88552056e871e19eaa58bd137ad0ac03dede98c5fe04561476fb76d6314fb1ae"}}],"references":[{"kind":"Entity","name":"customer"},{"kind":"Source","name":"payments"}]}');
INSERT INTO "definition_version" VALUES('Source','payments',1,1,'85c88a7de3501ec102d9401b4d979568ea82ec702bbb7c75036159198966b2f9','659920661b061ef4552f047f8664b76eafbc87a20648519abb479cffd26e1e77','8af3948db3debcff415598159c0670f2d1c906e1c6d12ab2fc3890d34d628543','{"kind":"Source","name":"payments","document":{"kind":"Source","name":"payments","path":"data/*.csv","format":"csv","eventTime":"paid_at","timeZone":"UTC","columns":[{"name":"customer","type":"string"},{"name":"paid_at","type":"timestamp"},{"name":"amount","type":"float64"}],"contract":"contracts/payments.odcs.yaml","promised":{"id":"payments","version":"1.0.0","standard":"v3.2.0","status":"active","objects":[{"name":"payments","columns":[{"name":"customer","logicalType":"string","required":true},{"name":"paid_at","logicalType":"timestamp"},{"name":"amount","logicalType":"number"}],"promises":[{"id":"payments.customer.present","object":"payments","column":"customer","check":"present","severity":"error"},{"id":"payments.customer.logicalType","object":"payments","column":"customer","check":"logicalType","arguments":{"type":"string"},"severity":"error"},{"id":"payments.customer.required","object":"payments","column":"customer","check":"required","severity":"error"},{"id":"payments.paid_at.present","object":"payments","column":"paid_at","check":"present","severity":"error"},{"id":"payments.paid_at.logicalType","object":"payments","column":"paid_at","check":"logicalType","arguments":{"type":"timestamp"},"severity":"error"},{"id":"payments.amount.present","object":"payments","column":"amount","check":"present","severity":"error","onViolation":"quarantine"},{"id":"payments.amount.logicalType","object":"payments","column":"amount","check":"logicalType","arguments":{"type":"number"},"severity":"error","onViolation":"quarantine"},{"id":"payments.amount.finite","object":"payments","column":"amount","check":"finite","arguments":{"infinity":"reject","nan":"reject"},"severity":"error","onViolation":"quarantine"},{"id":"payments.amount.range","object":"payments","column":"amount","check":"range","arguments":{"minimum":0},"severity":"error","onViolation":"quarantine"},{"id":"payments.undeclared","object":"payments","check":"undeclared","severity":"warning"},{"id":"rows_at_most","object":"payments","check":"rowCount","arguments":{"mustBeLessThan":4,"unit":"rows"},"severity":"error"}]}]},"reads":{"paid_at":"timestamp"},"owner":"tests"},"fingerprints":{"storage":"85c88a7de3501ec102d9401b4d979568ea82ec702bbb7c75036159198966b2f9","value":"659920661b061ef4552f047f8664b76eafbc87a20648519abb479cffd26e1e77","promise":"8af3948db3debcff415598159c0670f2d1c906e1c6d12ab2fc3890d34d628543"},"parts":[],"references":[]}');
CREATE TABLE generation (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    project TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    applied_by TEXT NOT NULL
) STRICT;
INSERT INTO "generation" VALUES(1,'payments',1796054583237116,'uid 0');
INSERT INTO "generation" VALUES(2,'payments',1796054583789620,'uid 0');
CREATE TABLE release (
    service TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    fingerprint TEXT NOT NULL,
    generation INTEGER NOT NULL REFERENCES generation (number),
    content TEXT NOT NULL,
    PRIMARY KEY (service, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "release" VALUES('scoring',1,'aa34104c29774522d72b5d432c33e4b2f0bbfbb791dc1f90a27c30915df328de',1,'{"service":"scoring","fingerprints":{"storage":"cb87d7a3bd6515c973ec042998a51cddc1d25720224015701e6086b344ec48ac","value":"905a019849c74c17715943eeebe098aca5805c738dfca2ddd60b886479483523","promise":"bece831362592859226dd1fe9813f78d212cfab7b123d6fba700dceae4722d75"},"columns":[{"name":"gross","type":"float64","view":"last_payment","feature":"gross"}],"parts":[{"kind":"entity","name":"customer","fingerprints":{"storage":"72701a3aad3c88d87b32af7f101a33200f93c9cef605efff2608608ddf32c9f2","value":"c575921275a897351a648d8c1a9c169f37e4c1f5e6faddc36e2e9944c7c11cef","promise":"661cf363cef0ae69fa85da7e623d11ab2e08d57c25d6345b39cee0f0c6032d1d"}},{"kind":"source","name":"payments","fingerprints":{"storage":"85c88a7de3501ec102d9401b4d979568ea82ec702bbb7c75036159198966b2f9","value":"659920661b061ef4552f047f8664b76eafbc87a20648519abb479cffd26e1e77","promise":"8af3948db3debcff415598159c0670f2d1c906e1c6d12ab2fc3890d34d628543"}},{"kind":"view","name":"last_payment","fingerprints":{"storage":"81d9939b259447ca564d024829b8485eb44a0d975a00ab261be7cb8a3fc7e142","value":"c90208c20bc754074ea6dac50663664cbe54b5531d26f27b2e0d998636a46009","promise":"22de4dd42f0c5927c10ecc3649d7634aca04f14b4f752c0eb34f643d62a358ef"}}]}');
CREATE TABLE release_state (
    service TEXT NOT NULL,
    number INTEGER NOT NULL,
    generation INTEGER NOT NULL REFERENCES generation (number),
    state TEXT NOT NULL CHECK (state IN ('candidate', 'serving', 'retired')),
    PRIMARY KEY (service, number, generation),
    FOREIGN KEY (service, number) REFERENCES release (service, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "release_state" VALUES('scoring',1,1,'candidate');
INSERT INTO "release_state" VALUES('scoring',1,2,'serving');
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    identity TEXT NOT NULL,
    summary TEXT NOT NULL
) STRICT;
INSERT INTO "run" VALUES(1,'admit','source payments',1796054583401194,0,'ec19c2014048b503f7e723d8218234c214127c4fec627d2a7cfc20b02b7c7659','{"decision":"quarantine","contract":"payments","version":"1.0.0","coverage":{"declared":11,"executed":11,"notExecuted":[],"unproven":[]},"rows":2,"setAside":1,"previousRows":null,"visibleRows":1,"files":[{"tallystick":"gate verdict","sha256":"f22a6fe22507822d6b9b9852da199ff7a8719d742c7bbf402789d9fa0f53327b","making":null,"path":"data/1.csv","promises":"9e15fcab3a581213aa53b8d069b0a69c92312c8e9723c439c8afa5bcf9285aa3","decidedAt":"2026-11-30T16:03:03.401194Z","rows":2,"setAside":1,"accepted":".tally/quarantine/payments/accepted/20261130T160303-f22a6fe22507.csv","acceptedSha256":"2a9b545569a268400c188b4eeb602c4aff639569071a0d14b8594d0576e8cb1c","acceptedSize":49,"quarantined":".tally/quarantine/payments/20261130T160303-f22a6fe22507.parquet","quarantinedSha256":"70e7222a9ac392098ea7f0f0149dc2b31aedc302d538f639753c24eb5fff65a8","quarantinedSize":1066,"replayed":[],"discarded":0,"checksum":"bafbd3028ad73b7863aa6333fece26b140507279f475271edf044b39a07574e5"}],"findings":[{"id":"payments.amount.range","subject":"payments.amount","check":"range","verdict":"broken","severity":"error","executed":true,"observed":"1 of 2 values are outside (50 %)","promised":"at least 0","description":null,"evidence":{"method":"aggregate","rows":2,"failing":1,"firstRows":[1]},"location":null}]}');
INSERT INTO "run" VALUES(2,'materialize','last_payment',1796054583772108,15077,'3d035a377438bc33d1451566f9f8b3eeab6eb7797a342c3e95a1a2ac67b00815','{"view":"last_payment","kind":"full","generation":1,"keys":1,"until":"2026-11-30T16:03:03.772108Z","snapshot":"c9a57b6e085d9409c9642b46275a74fe5bfda26a85430f0ab40371d4f11d93b4","counts":{"read":1,"later":0,"known":0,"withoutTime":0,"withoutKey":0,"knownBeforeEvent":0,"findings":0,"older":0,"written":1,"unchanged":0,"removed":0,"pending":0,"hidden":0,"irregularLocalTimes":0},"microseconds":15077,"warnings":["source payments: 1 of 2 rows were set aside; `tally quarantine show payments` lists them"]}');
INSERT INTO "run" VALUES(3,'admit','source payments',1796054584015241,0,'b30bd6c0b73ff02750fa83af8cd46aa9abdad1aeee933953ecb4d5aa6acc6a72','{"decision":"block","contract":"payments","version":"1.0.0","coverage":{"declared":11,"executed":11,"notExecuted":[],"unproven":[]},"rows":0,"setAside":0,"previousRows":1,"visibleRows":null,"files":[],"findings":[{"id":"rows_at_most","subject":"payments","check":"rowCount","verdict":"broken","severity":"error","executed":true,"observed":"5 rows","promised":"less than 4 rows","description":null,"evidence":{"method":"aggregate","rows":5,"failing":null,"firstRows":[]},"location":null}]}');
INSERT INTO "run" VALUES(4,'train','scoring',1796054584512914,173944,'a40cee7446bb46fb83034aeb2ba09cea916ff071a3ba72b2ad24a6bf1a593fab','{"rows":1,"output":"/home/ann/shop/set.csv"}');
INSERT INTO "run" VALUES(5,'shadow','view last_payment',1796054584976625,0,'101ddb1832e19b1c2c411ae8f27c249c80c294eb4643a61091640504fb30f25c','{"evidence":[{"change":"transform-changed last_payment.gross","question":"values","verdict":"kept","observed":"both transforms give the same value in each of 2 rows","data":"data/*.csv, 1 file, 5007cec830e9","rows":2,"failing":0,"firstRows":[]}]}');
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    UNIQUE (source, taken_at)
) STRICT;
INSERT INTO "snapshot" VALUES(1,'payments',1796054583401194,'5007cec830e90a1de560af775cba9fdfe0e249faf1f439ac4d72f33c0f6b946f');
INSERT INTO "snapshot" VALUES(2,'payments',1796054584015241,'a18572b6854b190998565d157f96109931cc361ccb3402ad306cdada4283ead4');
INSERT INTO "snapshot" VALUES(3,'payments',1796054584512914,'5007cec830e90a1de560af775cba9fdfe0e249faf1f439ac4d72f33c0f6b946f');
CREATE TABLE snapshot_file (
    snapshot INTEGER NOT NULL REFERENCES snapshot (id),
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    first_seen INTEGER,
    stamp TEXT NOT NULL,
    PRIMARY KEY (snapshot, path)
) STRICT, WITHOUT ROWID;
INSERT INTO "snapshot_file" VALUES(1,'data/1.csv',75,'f22a6fe22507822d6b9b9852da199ff7a8719d742c7bbf402789d9fa0f53327b',NULL,'');
INSERT INTO "snapshot_file" VALUES(2,'data/1.csv',75,'f22a6fe22507822d6b9b9852da199ff7a8719d742c7bbf402789d9fa0f53327b',NULL,'');
INSERT INTO "snapshot_file" VALUES(2,'data/2.csv',124,'48d6fe76d054ace4b5d70dfb236224f963ed4b1fa1ac0887a5028feff2416f98',1796054584015241,'');
INSERT INTO "snapshot_file" VALUES(3,'data/1.csv',75,'f22a6fe22507822d6b9b9852da199ff7a8719d742c7bbf402789d9fa0f53327b',NULL,'');
CREATE INDEX run_by_subject ON run (command, subject);
