/** Written after the vocabulary: how well it carries over. What they showed to be missing was added since, in general words. */
export const heldOutFamilies: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'search index does not answer': [
    'ConnectionError: connect ECONNREFUSED 10.1.1.4:9200',
    'OpenSearchError: the search node turned our connection away',
    'EsTransportError: refused to accept connection, nothing listens on 9200',
    'SearchClientException: Connection refused (os error 111)',
  ],
  'warehouse resolves to nothing': [
    'Error: getaddrinfo EAI_AGAIN wms.example.net',
    'LookupError: DNS query for wms.example.net returned no answer',
    'WmsException: No such host is known. (wms.example.net:443)',
    'HttpRequestException: Temporary failure in name resolution',
  ],
  'chat model has too much text': [
    "BadRequestError: This model's maximum context length is 8192 tokens, your messages resulted in 9120 tokens",
    'InvalidRequest: prompt is too long: 210000 tokens > 200000 maximum',
    'LlmError: input exceeds the context window',
    'GenerativeError: The input token count exceeds the maximum number of tokens allowed',
  ],
  'geocoder finds nothing': [
    'GeocodeError: ZERO_RESULTS for the given street',
    'MapsException: the address could not be geocoded',
    'GeoLookupError: no coordinates for the postal address',
    'LocationError: geocoder returned zero results',
  ],
  'exchange rate is missing': [
    'FxError: no exchange rate from CHF to NOK on 2026-11-28',
    'RateNotFound: currency pair CHF/NOK has no rate',
    'PricingException: cannot convert CHF to NOK, rate missing',
    'ConversionError: exchange rate unavailable for NOK',
  ],
  'webhook receiver is gone': [
    'DeliveryError: endpoint returned 410 Gone',
    'WebhookError: the subscriber has removed the endpoint (410)',
    'DispatchException: HTTP 410, this hook no longer exists',
    'CallbackError: target answered Gone',
  ],
  'zip file is broken': [
    'ZipError: End of central directory record signature not found',
    'ArchiveException: the zip archive is truncated',
    'Error: invalid stored block lengths while unzipping',
    'BadZipFile: File is not a zip file',
  ],
  'image cannot be decoded': [
    'SharpError: Input buffer contains unsupported image format',
    'ImageException: not a JPEG, marker FFD8 missing in the picture',
    'DecodeError: corrupt PNG header',
    'ThumbnailError: could not read the image',
  ],
  'coupon cannot be used': [
    'CouponError: code SPRING has been redeemed already',
    'VoucherException: voucher is past its end date',
    'PromoError: promo code not applicable to this basket',
    'DiscountError: coupon usage limit reached',
  ],
  'lambda is over its time': [
    'LambdaError: Task timed out after 15.02 seconds',
    'FunctionError: invocation exceeded the configured timeout of 15 s',
    'WorkerException: job took longer than the allowed 15 seconds and was stopped',
    'RuntimeError: execution time limit reached, function timed out',
  ],
  'bank account is wrong': [
    'IbanError: checksum of IBAN DE00 is wrong',
    'SepaException: AC01 account number incorrect',
    'PayoutError: invalid bank account number',
    'BankError: IBAN not valid for country DE',
  ],
  'login of broker fails': [
    'Error: Handshake terminated by server: 403 (ACCESS-REFUSED) with message ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN',
    'KafkaJSSASLAuthenticationError: Authentication failed during SASL handshake',
    'BrokerError: login rejected, check user name and password',
    'AmqpException: authentication failure for user app',
  ],
  'tenant is over its seats': [
    'SeatLimitError: all 25 seats of the plan are taken',
    'LicenseError: number of licensed users exceeded',
    'TenantException: cannot add a member, seat limit reached',
    'PlanLimitError: plan allows 25 users, upgrade to add more',
  ],
  'index of a list is too high': [
    'IndexError: list index out of range',
    'ArrayIndexOutOfBoundsException: Index 7 out of bounds for length 7',
    'RangeError: offset is outside the bounds of the DataView',
    'OutOfRange: position 9 exceeds the size of the list',
  ],
  'regular expression is broken': [
    'SyntaxError: Invalid regular expression: /(/: Unterminated group',
    're.error: nothing to repeat at position 0',
    'PatternSyntaxException: Unclosed character class near index 3',
    'RegexError: lone quantifier brackets in pattern',
  ],
  'booking collides': [
    'BookingError: room 12 is already booked for that night',
    'CalendarConflict: appointment overlaps with another one',
    'ReservationException: the slot is no longer free',
    'ScheduleError: double booking of the practitioner',
  ],
  'elasticsearch refuses to write': [
    'ResponseError: cluster_block_exception: index [orders] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)]',
    'EsException: flood stage disk watermark exceeded, index has read-only-allow-delete block',
    'IndexBlockedError: writes to the index are blocked because the disk watermark was hit',
    'SearchError: index is read only',
  ],
  'host key changed': [
    'SshError: Host key verification failed',
    'SftpException: server host key does not match the known one',
    'Error: Handshake failed: host key denied (verification failed)',
    'TransferError: the fingerprint of the SFTP host has changed',
  ],
};

export const heldOutSingletons: readonly string[] = [
  'WeighbridgeError: axle 3 did not settle',
  'SubtitleException: cue 212 starts before cue 211',
  'LoyaltyError: points cannot be merged across programmes',
  'PrescriptionError: dosage exceeds paediatric guidance',
  'MenuError: two dishes share number 41',
];
