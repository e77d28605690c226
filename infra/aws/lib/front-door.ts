import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  type TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

interface Given {
  readonly network: Vpc;
  readonly certificateArn: string;
  readonly clients: string;
  readonly domainName: string;
  readonly targetType: TargetType;
}

export interface FrontDoor {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly securityGroup: SecurityGroup;
  readonly targets: ApplicationTargetGroup;
  /** Of requests, and of access to other buckets. */
  readonly accessLogs: Bucket;
}

/** TLS ends here. Only the domain name that was asked for is answered; other requests get a 404. */
export function createFrontDoor(scope: Construct, given: Given): FrontDoor {
  const { network, certificateArn, clients, domainName, targetType } = given;
  const securityGroup = new SecurityGroup(scope, 'FrontDoorGroup', {
    vpc: network,
    description: 'Clients of the API',
    allowAllOutbound: false,
  });
  securityGroup.addIngressRule(Peer.ipv4(clients), Port.HTTPS, 'TLS from the network that was given');
  Validations.of(securityGroup).acknowledge({
    id: 'AwsSolutions-EC23',
    reason:
      'The rule cannot read a parameter. Who may reach the API is for whoever deploys to say: ClientNetwork, without a default.',
  });
  const loadBalancer = new ApplicationLoadBalancer(scope, 'FrontDoor', {
    vpc: network,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    internetFacing: true,
    securityGroup,
    deletionProtection: true,
    dropInvalidHeaderFields: true,
    // Longer than the longest wait of GET /v1/events/{id}?waitFor and less than a browser's patience.
    idleTimeout: Duration.seconds(90),
  });
  const accessLogs = createLogBucket(scope);
  logRequestsTo(accessLogs, loadBalancer);
  const targets = new ApplicationTargetGroup(scope, 'Targets', {
    vpc: network,
    protocol: ApplicationProtocol.HTTP,
    port: 8_000,
    targetType,
    // A process that stops finishes what it has; meanwhile new requests go to others.
    deregistrationDelay: Duration.seconds(20),
    healthCheck: {
      path: '/readyz',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
  });
  new ApplicationListener(scope, 'Tls', {
    loadBalancer,
    protocol: ApplicationProtocol.HTTPS,
    sslPolicy: SslPolicy.TLS13_RES,
    certificates: [{ certificateArn }],
    open: false,
    defaultAction: ListenerAction.fixedResponse(404),
  }).addAction('Named', {
    priority: 10,
    conditions: [ListenerCondition.hostHeaders([domainName])],
    action: ListenerAction.forward([targets]),
  });
  return { loadBalancer, securityGroup, targets, accessLogs };
}

/** Load balancers write to buckets with S3's own key alone. */
const createLogBucket = (scope: Construct): Bucket =>
  new Bucket(scope, 'AccessLogs', {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });

/** By attributes, because `logAccessLogs` asks for a region that the template is not bound to. */
function logRequestsTo(bucket: Bucket, loadBalancer: ApplicationLoadBalancer): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
    }),
  );
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  if (bucket.policy !== undefined) loadBalancer.node.addDependency(bucket.policy);
}
