/** The CDK app: the only description of a deployment. The CDK CLI and the local stack both run this file. */
import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { bundleFunctions } from './bundle.ts';
import { RescindStack } from './stack.ts';

const app = new App({
  context: {
    // What `cdk init` writes into a new app's cdk.json, which the local stack would not read.
    ...recommendedFlags,
    // The local stack finds each function's code through this metadata, with no CLI around to switch it on.
    'aws:cdk:enable-asset-metadata': true,
  },
  analyticsReporting: false,
  // Once, below: the bundles come first.
  autoSynth: false,
});
new RescindStack(app, 'Rescind', await bundleFunctions(app.outdir));
app.synth();
